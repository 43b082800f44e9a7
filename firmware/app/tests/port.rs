//! A port of `embedded-hal-nb` as one of `embedded-io`.

use apical_app::{Port, PortError};
use embedded_hal_mock::eh1::serial::{Mock, Transaction};
use embedded_hal_nb::serial::ErrorKind;
use embedded_io::{Error, Read, Write};
use nb::Error::{Other, WouldBlock};

#[test]
fn it_waits_for_the_first_byte_and_takes_what_is_there() {
    let uses = [
        Transaction::read_error(WouldBlock),
        Transaction::read_error(WouldBlock),
        Transaction::read_many([1, 2]),
        Transaction::read_error(WouldBlock),
    ];
    let mut mock = Mock::new(&uses);
    let mut port = Port::new(mock.clone());
    let mut bytes = [0; 4];
    assert_eq!(port.read(&mut []), Ok(0));
    assert_eq!(port.read(&mut bytes), Ok(2));
    assert_eq!(bytes, [1, 2, 0, 0]);
    mock.done();
}

#[test]
fn it_reads_no_more_than_there_is_room_for() {
    let mut mock = Mock::new(&[Transaction::read_many([1, 2])]);
    let mut bytes = [0; 2];
    assert_eq!(Port::new(mock.clone()).read(&mut bytes), Ok(2));
    mock.done();
}

#[test]
fn an_error_is_told_and_later_bytes_are_read() {
    let uses = [
        Transaction::read_error(Other(ErrorKind::Overrun)),
        Transaction::read_error(Other(ErrorKind::FrameFormat)),
        Transaction::read(7),
        Transaction::read_error(Other(ErrorKind::Parity)),
    ];
    let mut mock = Mock::new(&uses);
    let mut port = Port::new(mock.clone());
    let mut bytes = [0; 4];
    let overrun = port.read(&mut bytes).unwrap_err();
    assert_eq!(overrun, PortError(ErrorKind::Overrun));
    assert_eq!(overrun.kind(), embedded_io::ErrorKind::Other);
    let spoilt = port.read(&mut bytes).unwrap_err();
    assert_eq!(spoilt.kind(), embedded_io::ErrorKind::InvalidData);
    assert_eq!(port.read(&mut bytes), Ok(1));
    assert_eq!(bytes[0], 7);
    mock.done();
}

#[test]
fn it_writes_and_flushes() {
    let uses = [
        Transaction::write_error(8, WouldBlock),
        Transaction::write_many([8, 9]),
        Transaction::flush(),
    ];
    let mut mock = Mock::new(&uses);
    let mut port = Port::new(mock.clone());
    port.write_all(&[8, 9]).unwrap();
    port.flush().unwrap();
    mock.done();
}
