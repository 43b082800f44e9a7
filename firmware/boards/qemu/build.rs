//! Puts the memory map of one machine where the linker looks for it.

use std::env;
use std::fs;
use std::path::PathBuf;

/// The machine a target is built for when `APICAL_MACHINE` does not name one.
const MACHINES: [(&str, &str); 5] = [
    ("thumbv6m-none-eabi", "microbit"),
    ("thumbv7m-none-eabi", "lm3s6965evb"),
    ("thumbv7em-none-eabihf", "mps2-an386"),
    ("thumbv8m.main-none-eabihf", "mps2-an505"),
    ("riscv32imc-unknown-none-elf", "virt"),
];

fn main() {
    println!("cargo:rerun-if-changed=memory");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=APICAL_MACHINE");

    let target = env::var("TARGET").unwrap_or_default();
    let usual = MACHINES.iter().find(|(name, _)| *name == target);
    let machine = env::var("APICAL_MACHINE")
        .ok()
        .or_else(|| usual.map(|(_, machine)| (*machine).to_owned()));
    // On any other target, such as the one clippy runs for, nothing is linked.
    let Some(machine) = machine else { return };

    let map = format!("memory/{machine}.x");
    println!("cargo:rustc-env=APICAL_MACHINE={machine}");
    let text = fs::read(&map)
        .unwrap_or_else(|error| panic!("APICAL_MACHINE={machine}: cannot read {map}: {error}"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), text).expect("OUT_DIR can be written");
    println!("cargo:rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo:rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo:rustc-link-arg-bins=-Tlink.x");
    // Sections need not begin at a page of the host.
    println!("cargo:rustc-link-arg-bins=--nmagic");
}
