#!/usr/bin/python3
"""Makes an image of a directory: an archive in OCI's layout, as containerd, podman and skopeo import it.

    image.py ROOTFS ARCHIVE NAME COMMAND...
"""

import hashlib
import io
import json
import platform
import sys
import tarfile

MEDIA = "application/vnd.oci.image."


def digest(blob):
    return "sha256:" + hashlib.sha256(blob).hexdigest()


def owned_by_root(member):
    member.uid = member.gid = member.mtime = 0
    return member


def main(rootfs, archive, name, *command):
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        tar.add(rootfs, arcname=".", filter=owned_by_root)
    layer = layer.getvalue()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    config = json.dumps({
        "architecture": machine, "os": "linux", "config": {"Env": ["PATH=/bin"], "Cmd": command},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
    }).encode()
    entry = lambda kind, blob: {"mediaType": MEDIA + kind, "digest": digest(blob), "size": len(blob)}
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": MEDIA + "manifest.v1+json",
        "config": entry("config.v1+json", config), "layers": [entry("layer.v1.tar", layer)],
    }).encode()
    names = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name.split(":")[-1]}
    index = json.dumps({"schemaVersion": 2, "manifests": [entry("manifest.v1+json", manifest) | {"annotations": names}]}).encode()
    files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": index}
    files |= {"blobs/" + digest(blob).replace(":", "/"): blob for blob in (layer, config, manifest)}
    with tarfile.open(archive, "w") as tar:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


main(*sys.argv[1:])
