//! Where the files of MNIST and of Fashion-MNIST are.

use std::env;
use std::path::{Path, PathBuf};

use super::idx::{is_there, read_idx};
use super::{DataError, Dataset};
use crate::config::Task;

/// The variable that names a folder with data.
pub const VARIABLE: &str = "APICAL_DATA";

/// Where Debian's package dataset-fashion-mnist puts its files.
const DEBIAN: &str = "/usr/share/datasets/fashion-mnist";

/// What the published files begin with: the two sets have the same names and sizes.
const FIRST_LABELS: [(Task, [u16; 10]); 2] = [
    (Task::Mnist, [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]),
    (Task::FashionMnist, [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]),
];

/// Images in each of the published training parts.
const PUBLISHED: usize = 60_000;

/// Reads the data of such a task: in `path`, or where none is given in the folder that
/// `APICAL_DATA` names, or where Debian has them.
///
/// # Errors
///
/// When there are none, or their files cannot be used.
pub fn read_images(task: Task, path: &str) -> Result<Dataset, DataError> {
    let variable = env::var_os(VARIABLE).filter(|folder| !folder.is_empty());
    let named = match (path, variable) {
        ("", variable) => variable.map(PathBuf::from),
        (path, _) => Some(PathBuf::from(path)),
    };
    // A folder that was named for this task is not to be replaced by another one.
    let debian = (path.is_empty() && task == Task::FashionMnist).then_some(Path::new(DEBIAN));
    let places = places(task, named.as_deref(), debian);
    let Some(folder) = places.iter().find(|place| is_there(place)) else {
        return Err(nothing(task, named.as_deref(), &places));
    };
    let dataset = read_idx(folder, task.as_str())?;
    match others(task, &dataset) {
        None => Ok(dataset),
        Some(found) => Err(DataError::OtherImages {
            folder: folder.clone(),
            found,
            task,
        }),
    }
}

/// The folders to look into, the most telling name first.
fn places(task: Task, named: Option<&Path>, debian: Option<&Path>) -> Vec<PathBuf> {
    let below: &[&str] = match task {
        Task::FashionMnist => &["fashion-mnist", "fashion"],
        _ => &["mnist"],
    };
    let mut places = Vec::new();
    if let Some(named) = named {
        places.extend(below.iter().map(|name| named.join(name)));
        places.push(named.to_path_buf());
    }
    places.extend(debian.map(Path::to_path_buf));
    places
}

fn nothing(task: Task, named: Option<&Path>, places: &[PathBuf]) -> DataError {
    let found = match named {
        None => format!("data.task = \"{task}\": no folder is named"),
        Some(named) if !named.is_dir() => format!("{}: no such folder", named.display()),
        Some(named) => format!("{}: no files of data.task = \"{task}\"", named.display()),
    };
    let looked: Vec<_> = places
        .iter()
        .map(|place| place.display().to_string())
        .collect();
    let looked = match looked.as_slice() {
        [] => String::new(),
        looked => format!(" (looked into {})", looked.join(", ")),
    };
    DataError::NoImages { found, looked }
}

/// The other set, if the files are those that it was published in.
fn others(task: Task, dataset: &Dataset) -> Option<Task> {
    let published = dataset.published_train == Some(PUBLISHED);
    let found = FIRST_LABELS
        .iter()
        .find(|(_, labels)| dataset.labels.starts_with(labels));
    let (found, _) = found.filter(|_| published)?;
    (*found != task).then_some(*found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_below_come_before_the_folder_itself() {
        let names = |task, named: Option<&str>, debian: Option<&str>| {
            let places = places(task, named.map(Path::new), debian.map(Path::new));
            let names: Vec<_> = places
                .iter()
                .map(|place| place.display().to_string())
                .collect();
            names.join(" ")
        };
        assert_eq!(names(Task::Mnist, Some("d"), None), "d/mnist d");
        assert_eq!(
            names(Task::FashionMnist, Some("d"), Some("/usr")),
            "d/fashion-mnist d/fashion d /usr"
        );
        assert_eq!(names(Task::Mnist, None, None), "");
    }

    #[test]
    fn a_folder_without_data_is_named_with_what_belongs_there() {
        let error = read_images(Task::Mnist, "/nowhere/data")
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with(
                "/nowhere/data: no such folder (looked into /nowhere/data/mnist, /nowhere/data); \
                 accepted: "
            ) && error.contains("train-images-idx3-ubyte")
                && error.contains("APICAL_DATA"),
            "{error}"
        );
        let empty = tempfile::tempdir().unwrap();
        let path = empty.path().to_str().unwrap();
        let error = read_images(Task::FashionMnist, path)
            .unwrap_err()
            .to_string();
        let expected = format!("{path}: no files of data.task = \"fashion-mnist\" (looked into ");
        assert!(error.starts_with(&expected), "{error}");
        let error = nothing(Task::Mnist, None, &[]).to_string();
        assert!(
            error.starts_with("data.task = \"mnist\": no folder is named; accepted: "),
            "{error}"
        );
    }

    #[test]
    fn one_set_is_not_taken_for_the_other() {
        let (_, garments) = FIRST_LABELS[1];
        let mut dataset = Dataset {
            name: "t".to_owned(),
            inputs: Vec::new().into(),
            features: 0,
            labels: garments.to_vec(),
            classes: 10,
            image: None,
            published_train: Some(PUBLISHED),
        };
        assert_eq!(others(Task::Mnist, &dataset), Some(Task::FashionMnist));
        assert_eq!(others(Task::FashionMnist, &dataset), None);
        // Anybody's own images may begin with any label.
        dataset.published_train = Some(10);
        assert_eq!(others(Task::Mnist, &dataset), None);
    }
}
