//! Sets `dsp` where the core has the instructions: every Armv7E-M, and the Armv8-M that say so.
//! Sets `armv6m` for Cortex-M0 and M0+.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    let says_so = env::var_os("CARGO_FEATURE_ARMV8M_DSP").is_some();
    if target.starts_with("thumbv7em-") || (target.starts_with("thumbv8m.main-") && says_so) {
        println!("cargo:rustc-cfg=dsp");
    } else if target.starts_with("thumbv6m-") {
        println!("cargo:rustc-cfg=armv6m");
    }
}
