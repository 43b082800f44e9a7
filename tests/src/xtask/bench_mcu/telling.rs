//! The lines of an image, with its ticks made instructions.

use anyhow::{Context, Result, ensure};

/// Furthest that the known loop may be off: one instruction in each of two readings.
const SLACK: f64 = 2.0;

/// One thing that was counted.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    /// What.
    pub(crate) name: String,
    /// The side of a square of weights; 0 where there is none.
    pub(crate) side: u64,
    /// Instructions of one time.
    pub(crate) instructions: f64,
    /// The digest of its result.
    pub(crate) digest: u64,
}

/// Understands the lines `name;side;times;ticks;digest`, and makes sure that a loop whose
/// instructions are known has as many.
pub(crate) fn parse(lines: &[String], ticks: u64) -> Result<Vec<Told>> {
    let mut told = lines
        .iter()
        .map(|line| one(line, ticks).with_context(|| format!("the image said: {line}")))
        .collect::<Result<Vec<_>>>()?;
    let known: Vec<_> = told.extract_if(.., |told| told.name == "known").collect();
    let [short, long] = known.as_slice() else {
        anyhow::bail!("the image did not tell two loops of known length");
    };
    let wanted = (long.side - short.side) as f64;
    let counted = long.instructions - short.instructions;
    eprintln!("    {wanted} instructions were counted as {counted:.2}");
    ensure!(
        (counted - wanted).abs() <= SLACK && (short.instructions - short.side as f64).abs() <= 8.0,
        "the timer does not count instructions: a loop of {} was counted as {:.1}, one of {} as {:.1}",
        short.side,
        short.instructions,
        long.side,
        long.instructions
    );
    Ok(told)
}

fn one(line: &str, ticks: u64) -> Result<Told> {
    let words: Vec<_> = line.split(';').collect();
    let [name, side, times, sum, digest] = words.as_slice() else {
        anyhow::bail!("not name;side;times;ticks;digest");
    };
    let (times, sum): (u64, u64) = (times.parse()?, sum.parse()?);
    Ok(Told {
        name: (*name).to_owned(),
        side: side.parse()?,
        instructions: sum as f64 * 1000.0 / ticks as f64 / times as f64,
        digest: u64::from_str_radix(digest, 16)?,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn ticks_become_instructions_if_the_timer_is_right() {
        let lines = [
            "known;20000;1;511974;0000000000000000",
            "known;60000;1;1535975;0000000000000000",
            "training;0;10;256000;00000000000000ff",
        ]
        .map(str::to_owned);
        let told = parse(&lines, 25_600).unwrap();
        assert_eq!(told.len(), 1);
        assert!((told[0].instructions - 1000.0).abs() < 1e-9);
        assert_eq!(told[0].digest, 255);
        // A timer of another frequency, and an image that does not prove its own.
        assert!(parse(&lines, 20_480).is_err());
        assert!(parse(&lines[1..], 25_600).is_err());
    }
}
