internal import JSON

extension VirtualMachine {
    init(_ reader: Reader) throws(JSONError) {
        hypervisor = try reader.value("hypervisor", Hypervisor.init)
        kernel = try Kernel(reader.required("kernel"))
        image = try reader.value("image", Image.init)
        hardware = try reader.value("hwConfig", Hardware.init) ?? Hardware()
    }
}

extension VirtualMachine.Hypervisor {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        path = try reader.required("path").absolutePath()
        parameters = try reader.list("parameters") { reader throws(JSONError) in try reader.nonEmptyString() }
    }
}

extension VirtualMachine.Kernel {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        path = try reader.required("path").absolutePath()
        parameters = try reader.list("parameters") { reader throws(JSONError) in
            if try reader.nonEmptyString().utf8.contains(UInt8(ascii: "\n")) { throw reader.fault("contains a newline") }
            return try reader.string()
        }
        initrd = try reader.value("initrd") { reader throws(JSONError) in try reader.absolutePath() } ?? ""
    }
}

extension VirtualMachine.Image {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        self.init(
            path: try reader.required("path").absolutePath(), format: try reader.required("format").choice(of: Format.self))
    }
}

extension VirtualMachine.Hardware {
    fileprivate init(_ reader: Reader) throws(JSONError) {
        vcpus = try reader.number("vcpus", in: 1...UInt32(Int32.max))
        memory = try reader.number("memory", in: 1...UInt64(Int64.max))
        deviceTree = try reader.value("deviceTree") { reader throws(JSONError) in try reader.absolutePath() } ?? ""
        for key in ["dtdevs", "iomems", "irqs"] where try reader.member(key)?.elements().isEmpty == false { hasHostHardware = true }
    }
}
