//! Tables of a command in a text: what stands between its line and the line of the end.

use std::fs;

use anyhow::{Context, Result};

use crate::workspace;

const END: &str = "<!-- end -->";

/// Puts `tables` into `document`, named from the top, where `cargo xtask COMMAND --document` stands.
pub(crate) fn write(document: &str, command: &str, tables: &str) -> Result<()> {
    let text = replaced(&workspace::read(document)?, command, tables)
        .with_context(|| format!("{document} has no lines {} and {END}", begin(command)))?;
    fs::write(workspace::root().join(document), text)
        .with_context(|| format!("cannot write {document}"))
}

/// Whether that is what stands there.
#[cfg(test)]
pub(crate) fn holds(document: &str, command: &str, tables: &str) -> Result<bool> {
    let text = workspace::read(document)?;
    Ok(replaced(&text, command, tables).as_ref() == Some(&text))
}

fn begin(command: &str) -> String {
    format!("<!-- cargo xtask {command} --document -->")
}

fn replaced(text: &str, command: &str, tables: &str) -> Option<String> {
    let begin = begin(command);
    let (before, rest) = text.split_once(&format!("{begin}\n"))?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n{tables}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn what_is_between_the_lines_is_replaced() {
        let text = |old| format!("a\n<!-- cargo xtask x --document -->\n{old}<!-- end -->\nb\n");
        let new = replaced(&text("old\n"), "x", "new\n");
        assert_eq!(new, Some(text("new\n")));
        assert_eq!(replaced(&text(""), "y", "new\n"), None);
    }
}
