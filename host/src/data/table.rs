//! Tables of numbers with a column of labels: csv, plain or gzip.

use std::path::Path;

use csv::{ByteRecord, ReaderBuilder, Trim};

use super::gzip::unpack;
use super::{DataError, Dataset};
use crate::config::LabelColumn;

/// Reads a csv file, plain or gzip.
///
/// A first line in which no field is a number is a header. Labels are whole numbers
/// from 0 to `classes - 1`.
///
/// # Errors
///
/// When the file cannot be read, or its text is not such a table (with file, line
/// and column).
pub fn read_csv(path: &Path, label: &LabelColumn, classes: usize) -> Result<Dataset, DataError> {
    let bytes = std::fs::read(path).map_err(|source| DataError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    parse_csv(&bytes, &path.display().to_string(), label, classes)
}

/// Reads the content of such a file; `name` names it in errors.
///
/// # Errors
///
/// When the bytes are not such a table (with file, line and column).
pub fn parse_csv(
    bytes: &[u8],
    name: &str,
    label: &LabelColumn,
    classes: usize,
) -> Result<Dataset, DataError> {
    let (text, fault) = unpack(bytes.into());
    if let Some(source) = fault {
        return Err(DataError::Read {
            path: name.into(),
            source,
        });
    }
    let text = &*text;
    let mut table = Table {
        text,
        name,
        header: None,
        columns: 0,
        label: 0,
        classes,
    };
    let mut numbers = Vec::new();
    let mut labels = Vec::new();
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text);
    let mut record = ByteRecord::new();
    let mut first = true;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(table.line(&record, error.to_string())),
        }
        if first {
            first = false;
            let is_header = table.begin(&record, label)?;
            if is_header {
                continue;
            }
        }
        table.row(&record, &mut numbers, &mut labels)?;
    }
    let name = name.to_owned();
    if labels.is_empty() {
        return Err(DataError::Empty { name });
    }
    Ok(Dataset {
        name,
        inputs: numbers.into(),
        features: table.columns - 1,
        labels,
        classes,
        image: None,
        published_train: None,
    })
}

/// What the first line says about the others.
struct Table<'a> {
    name: &'a str,
    text: &'a [u8],
    header: Option<Vec<String>>,
    columns: usize,
    label: usize,
    classes: usize,
}

impl Table<'_> {
    /// Takes the number of columns and the place of the label; says if it is a header.
    fn begin(&mut self, first: &ByteRecord, label: &LabelColumn) -> Result<bool, DataError> {
        self.columns = first.len();
        if self.columns < 2 {
            let problem = "found one column; accepted: at least a feature and a label, \
                           separated by commas";
            return Err(self.line(first, problem.to_owned()));
        }
        if first.iter().all(|field| number(field).is_none()) {
            let names = first
                .iter()
                .map(|field| String::from_utf8_lossy(field).into_owned());
            self.header = Some(names.collect());
        }
        self.label = match (label, &self.header) {
            (LabelColumn::Last, _) => Some(self.columns - 1),
            (LabelColumn::Number(number), _) => {
                number.checked_sub(1).filter(|index| *index < self.columns)
            }
            (LabelColumn::Name(name), Some(names)) => names.iter().position(|other| other == name),
            (LabelColumn::Name(_), None) => None,
        }
        .ok_or_else(|| self.no_label(label))?;
        Ok(self.header.is_some())
    }

    fn no_label(&self, label: &LabelColumn) -> DataError {
        let numbers = format!("\"last\", 1 to {}", self.columns);
        let accepted = match &self.header {
            Some(names) if names.len() <= 32 => format!("{numbers}, {}", names.join(", ")),
            Some(names) => format!("{numbers}, {}, ... {}", names[0], names[names.len() - 1]),
            None => format!("{numbers} (there is no header with names)"),
        };
        let found = match label {
            LabelColumn::Last => "last".to_owned(),
            LabelColumn::Number(number) => number.to_string(),
            LabelColumn::Name(name) => format!("{name:?}"),
        };
        DataError::LabelColumn {
            name: self.name.to_owned(),
            found,
            accepted,
        }
    }

    fn row(
        &self,
        record: &ByteRecord,
        numbers: &mut Vec<f64>,
        labels: &mut Vec<u16>,
    ) -> Result<(), DataError> {
        if record.len() != self.columns {
            let problem = format!("found {} columns; accepted: {}", record.len(), self.columns);
            return Err(self.line(record, problem));
        }
        for (column, field) in record.iter().enumerate() {
            if column == self.label {
                let label = number(field)
                    .filter(|value| value.fract() == 0.0)
                    .filter(|value| *value >= 0.0 && *value < self.classes.min(65_536) as f64)
                    .ok_or_else(|| self.label(record, column, field))?;
                labels.push(label as u16);
            } else {
                let value = number(field)
                    .filter(|value| value.is_finite())
                    .ok_or_else(|| self.value(record, column, field, "a finite number"))?;
                numbers.push(value);
            }
        }
        Ok(())
    }

    /// The reader's position is that of the empty lines in front of a record, if any.
    fn line_number(&self, record: &ByteRecord) -> u64 {
        let Some(position) = record.position() else {
            return 1;
        };
        let rest = self.text.get(position.byte() as usize..).unwrap_or(&[]);
        let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
    }

    fn line(&self, record: &ByteRecord, problem: String) -> DataError {
        DataError::Line {
            name: self.name.to_owned(),
            line: self.line_number(record),
            problem,
        }
    }

    fn label(&self, record: &ByteRecord, column: usize, field: &[u8]) -> DataError {
        let accepted = format!(
            "a whole number from 0 to {}, the class",
            self.classes.max(1) - 1
        );
        self.value(record, column, field, &accepted)
    }

    fn value(&self, record: &ByteRecord, column: usize, field: &[u8], accepted: &str) -> DataError {
        let number = column + 1;
        let column = match self.header.as_ref().and_then(|names| names.get(column)) {
            Some(name) => format!("{number} ({name})"),
            None => number.to_string(),
        };
        DataError::Value {
            name: self.name.to_owned(),
            line: self.line_number(record),
            column,
            found: format!("{:?}", String::from_utf8_lossy(field)),
            accepted: accepted.to_owned(),
        }
    }
}

/// NaN and infinities are numbers here, so that they do not make a line a header.
fn number(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn parse(text: &str, label: &LabelColumn) -> Result<Dataset, DataError> {
        parse_csv(text.as_bytes(), "t.csv", label, 3)
    }

    fn fault(text: &str) -> String {
        parse(text, &LabelColumn::Last).unwrap_err().to_string()
    }

    #[test]
    fn header_and_label_column_are_found() {
        let expected = parse("0.5,1e-3,2\n-1,0,0\n", &LabelColumn::Last).unwrap();
        assert_eq!(expected.inputs, vec![0.5, 1e-3, -1.0, 0.0].into());
        assert_eq!(
            (expected.labels.as_slice(), expected.features),
            (&[2, 0][..], 2)
        );
        assert_eq!(expected.classes, 3);
        for (text, label) in [
            (
                "\u{feff}a,b,class\r\n0.5, 0.001 ,2.0\r\n\r\n-1,0,0",
                LabelColumn::Last,
            ),
            ("2,0.5,0.001\n0,-1,0\n", LabelColumn::Number(1)),
            (
                "a,c,b\n0.5,2,0.001\n-1,0,0\n",
                LabelColumn::Name("c".to_owned()),
            ),
        ] {
            assert_eq!(parse(text, &label).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn gzip_is_unpacked_and_a_cut_file_is_refused() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(b"0.5,1\n0.25,0\n").unwrap();
        let bytes = encoder.finish().unwrap();
        let table = parse_csv(&bytes, "t.csv.gz", &LabelColumn::Last, 2).unwrap();
        assert_eq!(table.inputs, vec![0.5, 0.25].into());
        let cut = &bytes[..bytes.len() - 4];
        let error = parse_csv(cut, "t.csv.gz", &LabelColumn::Last, 2).unwrap_err();
        assert!(
            error.to_string().starts_with("t.csv.gz: cannot be read: "),
            "{error}"
        );
    }

    #[test]
    fn a_bad_value_is_named_by_line_and_column() {
        for (text, expected) in [
            (
                "1,0\nnan,0\n",
                "t.csv:2: column 1: found \"nan\"; accepted: a finite number",
            ),
            (
                "1,0\n1e999,0\n",
                "t.csv:2: column 1: found \"1e999\"; accepted: a finite number",
            ),
            (
                "x,y\n1,0\n,0\n",
                "t.csv:3: column 1 (x): found \"\"; accepted: a finite number",
            ),
            (
                "1,a,0\n",
                "t.csv:1: column 2: found \"a\"; accepted: a finite number",
            ),
            (
                "1,0\n1,3\n",
                "t.csv:2: column 2: found \"3\"; accepted: a whole number from 0 to 2, the class",
            ),
            (
                "1,-1\n",
                "t.csv:1: column 2: found \"-1\"; accepted: a whole number from 0 to 2, ",
            ),
            (
                "1,0.5\n",
                "t.csv:1: column 2: found \"0.5\"; accepted: a whole number from 0 to",
            ),
            (
                "1,nan\n",
                "t.csv:1: column 2: found \"nan\"; accepted: a whole number from 0 to",
            ),
            ("1,2,0\n\n1,0\n", "t.csv:3: found 2 columns; accepted: 3"),
            (
                "1;2;0\n",
                "t.csv:1: found one column; accepted: at least a feature and a label",
            ),
            ("", "t.csv: no samples; accepted: at least one line"),
            ("a,b\n", "t.csv: no samples; accepted: at least one line"),
        ] {
            let message = fault(text);
            assert!(message.starts_with(expected), "{message}");
        }
        let bytes = b"1,\xff\xfe\n";
        let error = parse_csv(bytes, "t.csv", &LabelColumn::Last, 2).unwrap_err();
        assert!(
            error.to_string().starts_with("t.csv:1: column 2: found "),
            "{error}"
        );
    }

    #[test]
    fn a_missing_label_column_names_those_there_are() {
        let name = LabelColumn::Name("z".to_owned());
        assert_eq!(
            parse("x,y\n1,0\n", &name).unwrap_err().to_string(),
            "t.csv: data.label_column: found \"z\"; accepted: \"last\", 1 to 2, x, y"
        );
        let error = parse("1,0\n", &name).unwrap_err().to_string();
        assert!(
            error.ends_with("1 to 2 (there is no header with names)"),
            "{error}"
        );
        let error = parse("1,0\n", &LabelColumn::Number(3))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("found 3; accepted: \"last\", 1 to 2"),
            "{error}"
        );
    }
}
