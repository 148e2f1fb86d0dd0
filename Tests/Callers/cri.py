#!/usr/bin/python3
"""A client of the kubelet's Container Runtime Interface (CRI v1) for the tests.

    cri.py SOCKET

Each line of standard input is a call, {"method": "RunPodSandbox", "request": {...}}; each gets one line of answer, {"response": {...}}
or {"code": "NOT_FOUND", "details": "..."}. Messages are JSON as protobuf maps it, with the names of the interface's own description
(kubernetes/cri-api, pkg/apis/runtime/v1/api.proto). Only what the tests need is known of them, by the field numbers below.
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

# NAME: FIELD=NUMBER [*]TYPE, ...    `*` is repeated, `map` is map<string, string>, an enumeration is its number.
MESSAGES = """
VersionRequest: version=1 string
VersionResponse: version=1 string, runtime_name=2 string, runtime_version=3 string, runtime_api_version=4 string
StatusRequest: verbose=1 bool
StatusResponse: status=1 RuntimeStatus
RuntimeStatus: conditions=1 *RuntimeCondition
RuntimeCondition: type=1 string, status=2 bool, reason=3 string, message=4 string

PodSandboxMetadata: name=1 string, uid=2 string, namespace=3 string, attempt=4 uint32
NamespaceOption: network=1 int32, pid=2 int32, ipc=3 int32, target_id=4 string
LinuxSandboxSecurityContext: namespace_options=1 NamespaceOption, readonly_rootfs=4 bool, privileged=6 bool
LinuxPodSandboxConfig: cgroup_parent=1 string, security_context=2 LinuxSandboxSecurityContext, sysctls=3 map,
    overhead=4 LinuxContainerResources, resources=5 LinuxContainerResources
PodSandboxConfig: metadata=1 PodSandboxMetadata, hostname=2 string, log_directory=3 string, labels=6 map, annotations=7 map,
    linux=8 LinuxPodSandboxConfig
RunPodSandboxRequest: config=1 PodSandboxConfig, runtime_handler=2 string
RunPodSandboxResponse: pod_sandbox_id=1 string
StopPodSandboxRequest: pod_sandbox_id=1 string
StopPodSandboxResponse:
RemovePodSandboxRequest: pod_sandbox_id=1 string
RemovePodSandboxResponse:
PodSandboxStatusRequest: pod_sandbox_id=1 string, verbose=2 bool
PodSandboxStatusResponse: status=1 PodSandboxStatus, info=2 map
PodSandboxStatus: id=1 string, state=3 int32, network=5 PodSandboxNetworkStatus, runtime_handler=9 string
PodSandboxNetworkStatus: ip=1 string
ListPodSandboxRequest:
ListPodSandboxResponse: items=1 *PodSandbox
PodSandbox: id=1 string, state=3 int32

ImageSpec: image=1 string
ContainerMetadata: name=1 string, attempt=2 uint32
KeyValue: key=1 string, value=2 string
Mount: container_path=1 string, host_path=2 string, readonly=3 bool, propagation=5 int32
LinuxContainerResources: cpu_period=1 int64, cpu_quota=2 int64, cpu_shares=3 int64, memory_limit_in_bytes=4 int64, oom_score_adj=5 int64,
    cpuset_cpus=6 string, cpuset_mems=7 string, unified=9 map, memory_swap_limit_in_bytes=10 int64
Int64Value: value=1 int64
LinuxContainerSecurityContext: privileged=2 bool, namespace_options=3 NamespaceOption, run_as_user=5 Int64Value, readonly_rootfs=7 bool,
    supplemental_groups=8 *int64, no_new_privs=11 bool, run_as_group=12 Int64Value, masked_paths=13 *string, readonly_paths=14 *string
LinuxContainerConfig: resources=1 LinuxContainerResources, security_context=2 LinuxContainerSecurityContext
ContainerConfig: metadata=1 ContainerMetadata, image=2 ImageSpec, command=3 *string, args=4 *string, working_dir=5 string, envs=6 *KeyValue,
    mounts=7 *Mount, labels=9 map, annotations=10 map, log_path=11 string, stdin=12 bool, stdin_once=13 bool, tty=14 bool,
    linux=15 LinuxContainerConfig
CreateContainerRequest: pod_sandbox_id=1 string, config=2 ContainerConfig, sandbox_config=3 PodSandboxConfig
CreateContainerResponse: container_id=1 string
StartContainerRequest: container_id=1 string
StartContainerResponse:
StopContainerRequest: container_id=1 string, timeout=2 int64
StopContainerResponse:
RemoveContainerRequest: container_id=1 string
RemoveContainerResponse:
ContainerStatusRequest: container_id=1 string, verbose=2 bool
ContainerStatusResponse: status=1 ContainerStatus, info=2 map
ContainerStatus: id=1 string, state=3 int32, exit_code=7 int32, reason=10 string, message=11 string
ListContainersRequest:
ListContainersResponse: containers=1 *Container
Container: id=1 string, pod_sandbox_id=2 string, state=6 int32
ExecSyncRequest: container_id=1 string, cmd=2 *string, timeout=3 int64
ExecSyncResponse: stdout=1 string, stderr=2 string, exit_code=3 int32
UpdateContainerResourcesRequest: container_id=1 string, linux=2 LinuxContainerResources
UpdateContainerResourcesResponse:
UInt64Value: value=1 uint64
CpuUsage: timestamp=1 int64, usage_core_nano_seconds=2 UInt64Value
MemoryUsage: timestamp=1 int64, working_set_bytes=2 UInt64Value, usage_bytes=4 UInt64Value
ContainerAttributes: id=1 string
ContainerStats: attributes=1 ContainerAttributes, cpu=2 CpuUsage, memory=3 MemoryUsage
ContainerStatsRequest: container_id=1 string
ContainerStatsResponse: stats=1 ContainerStats
"""

PACKAGE = "runtime.v1"
Field = descriptor_pb2.FieldDescriptorProto


def describe(messages):
    """The description as protobuf itself has it."""
    file = descriptor_pb2.FileDescriptorProto(name="cri", package=PACKAGE, syntax="proto3")
    for line in messages.replace(",\n", ",").splitlines():
        if not line.strip():
            continue
        name, fields = line.split(":")
        message = file.message_type.add(name=name)
        for text in filter(None, map(str.strip, fields.split(","))):
            declaration, kind = text.split()
            field, number = declaration.split("=")
            add_field(message, field, int(number), kind)
    return file


def add_field(message, name, number, kind):
    field = message.field.add(name=name, number=number, label=Field.LABEL_OPTIONAL)
    if kind == "map":
        entry = message.nested_type.add(name=name.title().replace("_", "") + "Entry")
        entry.options.map_entry = True
        add_field(entry, "key", 1, "string")
        add_field(entry, "value", 2, "string")
        kind = f"*{message.name}.{entry.name}"
    if kind.startswith("*"):
        field.label = Field.LABEL_REPEATED
        kind = kind[1:]
    if kind[0].isupper():
        field.type = Field.TYPE_MESSAGE
        field.type_name = f".{PACKAGE}.{kind}"
    else:
        field.type = getattr(Field, "TYPE_" + kind.upper())


pool = descriptor_pool.DescriptorPool()
pool.Add(describe(MESSAGES))
factory = message_factory.MessageFactory(pool)


def message(name):
    return factory.GetPrototype(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))


def call(channel, method, request):
    send = channel.unary_unary(
        f"/{PACKAGE}.RuntimeService/{method}",
        request_serializer=lambda value: value.SerializeToString(),
        response_deserializer=message(method + "Response").FromString,
    )
    try:
        response = send(json_format.ParseDict(request, message(method + "Request")()), timeout=60)
    except grpc.RpcError as error:
        return {"code": error.code().name, "details": error.details()}
    return {"response": json_format.MessageToDict(response, preserving_proto_field_name=True)}


def main():
    with grpc.insecure_channel("unix://" + sys.argv[1]) as channel:
        for line in sys.stdin:
            request = json.loads(line)
            print(json.dumps(call(channel, request["method"], request.get("request", {}))), flush=True)


main()
