//! Text on the page without fonts: estimated widths, wrapping, shortening.
//!
//! The document asks for the reader's own sans-serif, so widths are estimates for the wider of
//! the usual ones; text laid out by them fits, with a little room to spare.

/// The estimated width of `text` in pixels at a font size of `size` pixels.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(advance).sum::<f64>() * size
}

/// The estimated advance of a character in ems.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '\'' | 'I' | '!' => 0.31,
        ' ' | 'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '·' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        '⁰' | '¹' | '²' | '³' | '⁴' | '⁵' | '⁶' | '⁷' | '⁸' | '⁹' | '⁻' => 0.42,
        'A'..='Z' | '+' | '=' | '<' | '>' | '×' | '±' | '−' | '…' | '—' => 0.72,
        '0'..='9' | 'a'..='z' => 0.6,
        '\u{300}'..='\u{36f}' => 0.0,
        c if (c as u32) >= 0x1100 => 1.0,
        _ => 0.65,
    }
}

/// `text` with everything an XML document may not hold replaced, and line breaks as spaces.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// `text` if it fits `room` pixels, otherwise as much of it as fits with an ellipsis.
pub(super) fn fit(text: &str, room: f64, size: f64) -> String {
    let text = clean(text);
    if width(&text, size) <= room {
        return text;
    }
    let mut left = room - advance('…') * size;
    let kept: String = text
        .chars()
        .take_while(|&c| {
            left -= advance(c) * size;
            left >= 0.0
        })
        .collect();
    let kept = kept.trim_end();
    if kept.is_empty() {
        String::new()
    } else {
        format!("{kept}…")
    }
}

/// `text` broken at spaces into lines of at most `room` pixels, at most `most` of them; words
/// wider than a line, and what follows the last line, are shortened.
pub(super) fn wrap(text: &str, room: f64, size: f64, most: usize) -> Vec<String> {
    let text = clean(text);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() >= most;
        match lines.last_mut() {
            Some(line) if width(line, size) + width(word, size) + 0.38 * size <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if full => {
                let whole = format!("{line} {word}");
                *line = fit(&whole, room, size);
                break;
            }
            _ if most == 0 => break,
            _ => lines.push(fit(word, room, size)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_fit_and_lose_no_words() {
        let text = "The apical potential falls silent once the interneurons predict the feedback";
        let lines = wrap(text, 120.0, 10.0, 99);
        assert!(lines.len() > 2);
        assert!(
            lines.iter().all(|line| width(line, 10.0) <= 120.0),
            "{lines:?}"
        );
        assert_eq!(lines.join(" "), text);
    }

    #[test]
    fn too_much_text_ends_in_an_ellipsis() {
        let lines = wrap("one two three four five six seven", 40.0, 10.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        assert!(wrap("", 40.0, 10.0, 2).is_empty());
        assert!(wrap("word", 40.0, 10.0, 0).is_empty());
    }

    #[test]
    fn shortened_text_fits() {
        let short = fit("interneuron cancellation", 60.0, 10.0);
        assert!(
            short.ends_with('…') && width(&short, 10.0) <= 60.0,
            "{short}"
        );
        assert_eq!(fit("short", 60.0, 10.0), "short");
        assert_eq!(fit("anything", 1.0, 10.0), "");
    }

    #[test]
    fn control_characters_are_replaced() {
        assert_eq!(clean("a\u{0}b\nc\u{1b}"), "a\u{fffd}b c\u{fffd}");
    }
}
