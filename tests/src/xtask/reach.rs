//! What can be reached from a function in an archive of object files, by its relocations.
//!
//! Each function stands in a section of its own, so that sections and the relocations
//! between them are the call graph, with every table of functions in it: a superset of what
//! can happen on the chip.

use std::collections::{HashMap, HashSet, VecDeque};

use anyhow::{Context, Result, ensure};
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, ObjectSymbol, RelocationTarget, SectionIndex, SymbolKind};

/// The call graph of an archive.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    /// Sections that define a name for other objects.
    globals: HashMap<String, usize>,
}

/// One section, or a name that no object defines.
#[derive(Debug)]
struct Node {
    name: String,
    /// Bytes of code; 0 for data.
    text: u64,
    edges: Vec<Edge>,
}

#[derive(Debug)]
enum Edge {
    To(usize),
    /// By a name another object defines, or none.
    Named(String),
}

/// Something unwanted that can be reached.
#[derive(Debug)]
pub(crate) struct Finding {
    /// From the start of the walk to the unwanted name, which is last.
    pub(crate) path: Vec<String>,
}

/// The outcome of a walk.
#[derive(Debug)]
pub(crate) struct Walk {
    /// Bytes of the function itself.
    pub(crate) own_text: u64,
    /// Bytes of all that it reaches, itself included, unwanted things excluded.
    pub(crate) all_text: u64,
    /// The first unwanted thing on each way.
    pub(crate) findings: Vec<Finding>,
}

impl Graph {
    /// Reads all object files of an archive.
    pub(crate) fn of_archive(bytes: &[u8]) -> Result<Self> {
        let mut graph = Self::default();
        for member in ArchiveFile::parse(bytes)?.members() {
            let member = member?;
            let object = object::File::parse(member.data(bytes)?)
                .with_context(|| format!("{} in it", String::from_utf8_lossy(member.name())))?;
            graph.add(&object)?;
        }
        ensure!(!graph.nodes.is_empty(), "it holds no object files");
        Ok(graph)
    }

    fn add(&mut self, object: &object::File) -> Result<()> {
        let first = self.nodes.len();
        let mut node_of: HashMap<SectionIndex, usize> = HashMap::new();
        for section in object.sections() {
            node_of.insert(section.index(), self.nodes.len());
            let text = if section.kind() == object::SectionKind::Text {
                section.size()
            } else {
                0
            };
            let name = section.name()?.to_owned();
            self.nodes.push(Node {
                name,
                text,
                edges: Vec::new(),
            });
        }
        for symbol in object.symbols() {
            let Some(&node) = symbol.section_index().and_then(|index| node_of.get(&index)) else {
                continue;
            };
            let name = symbol.name()?;
            if symbol.is_global() {
                self.globals.entry(name.to_owned()).or_insert(node);
            }
            if symbol.kind() == SymbolKind::Text && !name.starts_with('$') {
                self.nodes[node].name = demangled(name);
            }
        }
        for (place, section) in object.sections().enumerate() {
            for (_, relocation) in section.relocations() {
                let edge = match relocation.target() {
                    RelocationTarget::Symbol(index) => {
                        let symbol = object.symbol_by_index(index)?;
                        let here = symbol.section_index().and_then(|index| node_of.get(&index));
                        match here {
                            Some(&node) => Edge::To(node),
                            None => Edge::Named(symbol.name()?.to_owned()),
                        }
                    }
                    RelocationTarget::Section(index) => match node_of.get(&index) {
                        Some(&node) => Edge::To(node),
                        None => continue,
                    },
                    _ => continue,
                };
                self.nodes[first + place].edges.push(edge);
            }
        }
        Ok(())
    }

    /// The names other programs can call, that begin so.
    pub(crate) fn exported(&self, prefix: &str) -> Vec<&str> {
        let names = self.globals.keys().map(String::as_str);
        let mut names: Vec<_> = names.filter(|name| name.starts_with(prefix)).collect();
        names.sort_unstable();
        names
    }

    /// Walks from an exported function to everything it reaches, nearest first; does not
    /// look into what is unwanted.
    pub(crate) fn walk(&self, from: &str, unwanted: impl Fn(&str) -> bool) -> Result<Walk> {
        let start = *self
            .globals
            .get(from)
            .with_context(|| format!("no function {from}"))?;
        let mut walk = Walk {
            own_text: self.nodes[start].text,
            all_text: 0,
            findings: Vec::new(),
        };
        let mut came_from: HashMap<usize, usize> = HashMap::new();
        let mut found: HashSet<String> = HashSet::new();
        let mut waiting = VecDeque::from([start]);
        let mut seen = HashSet::from([start]);
        while let Some(node) = waiting.pop_front() {
            walk.all_text += self.nodes[node].text;
            for edge in &self.nodes[node].edges {
                let target = match edge {
                    Edge::To(target) => Some(*target),
                    Edge::Named(name) => self.globals.get(name).copied(),
                };
                let name = match (target, edge) {
                    (Some(target), _) => self.nodes[target].name.clone(),
                    (None, Edge::Named(name)) => demangled(name),
                    (None, Edge::To(_)) => continue,
                };
                if unwanted(&name) {
                    if found.insert(name.clone()) {
                        let mut path = self.path(&came_from, node);
                        path.push(name);
                        walk.findings.push(Finding { path });
                    }
                } else if let Some(target) = target
                    && seen.insert(target)
                {
                    came_from.insert(target, node);
                    waiting.push_back(target);
                }
            }
        }
        Ok(walk)
    }

    fn path(&self, came_from: &HashMap<usize, usize>, mut node: usize) -> Vec<String> {
        let mut path = vec![self.nodes[node].name.clone()];
        while let Some(&before) = came_from.get(&node) {
            path.push(self.nodes[before].name.clone());
            node = before;
        }
        path.reverse();
        path
    }
}

/// As in the source, without the hash.
pub(crate) fn demangled(name: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(name))
}
