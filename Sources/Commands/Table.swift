/// Rows in columns as Go's tabwriter lays them out for runc: at least 12 wide, 3 spaces between, the last column ragged.
func table(_ rows: [[String]]) -> String {
    let narrowest = 12
    let gap = 3
    var widths: [Int] = []
    for row in rows {
        for (column, cell) in row.dropLast().enumerated() {
            if column == widths.count { widths.append(narrowest) }
            widths[column] = max(widths[column], cell.unicodeScalars.count + gap)
        }
    }
    var text = ""
    for row in rows {
        for (column, cell) in row.enumerated() {
            text += cell
            if column < row.count - 1 { text += String(repeating: " ", count: widths[column] - cell.unicodeScalars.count) }
        }
        text += "\n"
    }
    return text
}
