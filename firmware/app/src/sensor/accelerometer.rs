//! Acceleration along three axes.
//!
//! Any driver that implements the traits of the crate `accelerometer` will do. The LIS3DH has one
//! for the I2C of `embedded-hal` 1.0, [`lis3dh`], which a board gets from here:
//!
//! ```
//! use apical_app::sensor::Acceleration;
//! use apical_app::sensor::accelerometer::lis3dh::{Lis3dh, SlaveAddr};
//! # fn wire<I: embedded_hal::i2c::I2c>(i2c: I) {
//! // The pin SA0 of the sensor is low: address 0x18.
//! if let Ok(driver) = Lis3dh::new_i2c(i2c, SlaveAddr::Default) {
//!     let acceleration = Acceleration::new(driver);
//! #   let _ = acceleration;
//! }
//! # }
//! ```

pub use lis3dh;

use apical_core::Precision;
use lis3dh::accelerometer::vector::I16x3;
use lis3dh::accelerometer::{Error, RawAccelerometer};

use super::{Sensor, rate};

/// Three channels, x, y and z: 0 at the negative end of the sensor's range, a half at rest.
#[derive(Debug)]
pub struct Acceleration<D> {
    driver: D,
}

impl<D: RawAccelerometer<I16x3>> Acceleration<D> {
    /// Feels through a driver that is set up.
    pub const fn new(driver: D) -> Self {
        Self { driver }
    }

    /// Gives the driver back.
    pub fn release(self) -> D {
        self.driver
    }
}

impl<P: Precision, D: RawAccelerometer<I16x3>> Sensor<P> for Acceleration<D> {
    type Error = Error<D::Error>;

    fn sense(&mut self, rates: &mut [P::Rate]) -> Result<(), Self::Error> {
        let I16x3 { x, y, z } = self.driver.accel_raw()?;
        for (slot, axis) in rates.iter_mut().zip([x, y, z]) {
            // The driver's words are left-justified: 16 bits are the whole range.
            let above_bottom = i32::from(axis) - i32::from(i16::MIN);
            *slot = rate::<P>(above_bottom as u32, 1 << 16);
        }
        Ok(())
    }
}
