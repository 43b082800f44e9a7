//! Reports: text, tables and figures as one self-contained HTML page.
//!
//! A [`Report`] is plain data; [`html`] turns it into a page that needs nothing else: styles and
//! figures are inside, there are no scripts and nothing is fetched. It follows the reader's choice
//! of light or dark, fits narrow screens and prints on white. A [`Table`] can also be written for
//! a terminal ([`Table::to_text`]) or as Markdown ([`Table::to_markdown`]).

mod document;
mod error;
mod markdown;
mod page;
mod style;
mod table;
mod terminal;

pub use document::{Block, Report, Section};
pub use error::ReportError;
pub use page::html;
pub use table::{Align, Best, Cell, Column, Table};
