//! A plot of the ratios: bars in SVG, one group for each subject.

use std::fmt::Write;

use crate::Cell;

const ROW: usize = 34;
const LABEL: usize = 330;
const WIDTH: usize = 900;
/// Ratios beyond are cut off, with their number beside the bar.
const MOST: f64 = 8.0;
const COLOURS: [&str; 2] = ["#3b6ea5", "#a7c4e0"];

/// The median ratios of some sizes, as one picture.
pub(crate) fn bars(names: &[&str], sizes: &[usize], columns: &[Vec<Cell>]) -> String {
    let height = names.len() * ROW + 60;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let mut add = |part: String| writeln!(svg, "{part}").expect("a String takes any text");
    for (place, size) in sizes.iter().enumerate() {
        let (x, colour) = (LABEL + place * 160, COLOURS[place % COLOURS.len()]);
        add(format!(
            "<rect x=\"{x}\" y=\"12\" width=\"12\" height=\"12\" fill=\"{colour}\"/>"
        ));
        add(format!("<text x=\"{}\" y=\"23\">{size} bytes</text>", x + 18));
    }
    for (row, name) in names.iter().enumerate() {
        let y = 40 + row * ROW;
        let name = name.replace('`', "");
        add(format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>",
            LABEL - 10,
            y + 17
        ));
        for (place, column) in columns.iter().enumerate() {
            let ratio = column[row].ratios[1];
            let length = ratio.min(MOST) / MOST * (WIDTH - LABEL - 60) as f64;
            let (top, colour) = (y + place * 13, COLOURS[place % COLOURS.len()]);
            add(format!(
                "<rect x=\"{LABEL}\" y=\"{top}\" width=\"{length:.0}\" height=\"11\" fill=\"{colour}\"/>"
            ));
            let end = LABEL as f64 + length + 6.0;
            add(format!(
                "<text x=\"{end:.0}\" y=\"{}\" font-size=\"11\">{ratio:.2}</text>",
                top + 10
            ));
        }
    }
    svg + "</svg>\n"
}
