//! Checkpoints survive the loss of power after and during every operation of the flash.

mod common;

use apical_app::store::{VERSION, slot_bytes};
use apical_app::{Arena, Origin, Store, StoreError, Trainer, arena, digits, start};
use apical_core::microcircuit::Layer;
use apical_core::{F32, I8, I16, Number, Precision};
use apical_link::Configuration;
use common::flash::{Flash, PAGE, Torn};

type Board = arena!(I16, digits::SPECIFICATION);

/// Pages of two slots of the digits' network.
const PAGES: u32 = {
    let storage = digits::SPECIFICATION.storage();
    2 * slot_bytes::<I16>(&storage).div_ceil(PAGE) as u32
};
const REGION: core::ops::Range<u32> = 0..PAGES * PAGE as u32;

fn configuration() -> Configuration {
    Configuration::new(&digits::SPECIFICATION, &digits::initial(1)).unwrap()
}

/// Starts a board on this flash, lets it work, and gives the flash back.
fn boot<X>(
    flash: Flash,
    work: impl FnOnce(&mut Trainer<'_, I16>, &mut Store<Flash>, Origin) -> X,
) -> (Flash, X) {
    let mut store = Store::new(flash, REGION).unwrap();
    let mut configuration = configuration();
    let mut layers = [Layer::default(); 2];
    let mut arena = Board::new();
    let (mut trainer, origin) =
        start(&mut store, &mut configuration, &mut layers, arena.lend()).unwrap();
    let result = work(&mut trainer, &mut store, origin);
    (store.release(), result)
}

/// Learns a few digits, so that the state is another one.
fn learn(trainer: &mut Trainer<'_, I16>) {
    let mut task = digits::Digits::new();
    for _ in 0..5 {
        task.learn_next(trainer);
    }
}

/// A boot that learns and saves: digests before and after, whether the save came through.
fn save(flash: Flash) -> (Flash, (u64, u64, Result<u32, StoreError>)) {
    boot(flash, |trainer, store, _| {
        let before = trainer.digest();
        learn(trainer);
        (
            before,
            trainer.digest(),
            store.save(&configuration(), trainer),
        )
    })
}

/// The state that a board starts with.
fn digest(flash: Flash) -> (Flash, (u64, Origin)) {
    boot(flash, |trainer, _, origin| (trainer.digest(), origin))
}

#[test]
fn after_every_cut_the_board_starts_from_the_old_or_the_new_checkpoint() {
    for corrects in [false, true] {
        cut_everywhere(Flash::new(PAGES as usize).correcting(corrects));
    }
}

fn cut_everywhere(mut flash: Flash) {
    let corrects = flash.corrects;
    let (mut tried, mut old, mut new) = (0, 0, 0);
    // The first save ever, one beside it, and two that erase an older one.
    for saves in 0..4 {
        let (whole, (before, after, result)) = save(flash.clone());
        assert_eq!(result, Ok(saves + 1));
        let operations = whole.operations;
        assert!(operations > 40, "{operations}");
        for operation in 0..operations {
            for torn in Torn::ALL {
                let mut cut = flash.clone();
                cut.cut = Some((operation, torn));
                let (cut, (_, _, result)) = save(cut);
                assert!(result.is_err());
                let (cut, (found, origin)) = digest(cut.powered());
                assert!(
                    found == before || found == after,
                    "{corrects} {saves} {operation} {torn:?}"
                );
                assert!(
                    saves == 0 || matches!(origin, Origin::Checkpoint(_)),
                    "{origin:?}"
                );
                tried += 1;
                if found == before {
                    old += 1;
                } else {
                    new += 1;
                }
                // And it goes on from there.
                if operation % 7 == 0 {
                    let (cut, (from, to, result)) = save(cut.powered());
                    assert_eq!(from, found);
                    assert!(result.is_ok());
                    assert_eq!(digest(cut).1.0, to);
                }
            }
        }
        flash = whole.powered();
    }
    println!(
        "error correction {corrects}: {tried} cut points tried, {old} started from the old \
         checkpoint, {new} from the new one, all recovered"
    );
    assert_eq!(tried, old + new);
}

#[test]
fn a_second_cut_while_recovering_is_survived() {
    for corrects in [false, true] {
        cut_in_a_row(Flash::new(PAGES as usize).correcting(corrects));
    }
}

fn cut_in_a_row(flash: Flash) {
    let (flash, _) = save(flash);
    let (mut flash, (_, last, _)) = save(flash.powered());
    let mut tried = 0;
    for round in 0..30 {
        flash = flash.powered();
        flash.cut = Some((round, Torn::ALL[round % Torn::ALL.len()]));
        flash = save(flash).0;
        let (again, (found, _)) = digest(flash.powered());
        assert_eq!(found, last, "{round}");
        flash = again;
        tried += 1;
    }
    println!("{tried} cuts in a row, all recovered");
}

#[test]
fn forgetting_is_cut_off_without_a_mix() {
    for corrects in [false, true] {
        cut_forgetting(Flash::new(PAGES as usize).correcting(corrects));
    }
}

fn cut_forgetting(flash: Flash) {
    let (flash, _) = save(flash);
    let (flash, (_, newest, _)) = save(flash.powered());
    let (_, (fresh, _)) = digest(Flash::new(PAGES as usize));
    let (erased, ()) = boot(flash.clone(), |_, store, _| store.erase().unwrap());
    let operations = erased.operations;
    for operation in 0..operations {
        for torn in Torn::ALL {
            let mut cut = flash.clone();
            cut.cut = Some((operation, torn));
            let (cut, ()) = boot(cut, |_, store, _| assert!(store.erase().is_err()));
            let (_, (found, _)) = digest(cut.powered());
            assert!(found == newest || found == fresh, "{operation} {torn:?}");
        }
    }
    assert_eq!(digest(erased).1, (fresh, Origin::Beginning));
}

#[test]
fn flash_that_refuses_or_forgets_is_an_error_and_the_old_checkpoint_stays() {
    let (mut flash, (_, last, _)) = save(Flash::new(PAGES as usize));
    flash.refuses = true;
    let (mut flash, (_, _, result)) = save(flash);
    assert!(matches!(result, Err(StoreError::Flash(_))), "{result:?}");
    flash.refuses = false;
    // A byte in the content of the other slot.
    flash.stuck = Some(REGION.end as usize / 2 + 700);
    let (flash, (_, _, result)) = save(flash);
    assert_eq!(result, Err(StoreError::Worn));
    assert_eq!(digest(flash).1, (last, Origin::Checkpoint(1)));
}

#[test]
fn a_slot_that_cannot_be_read_does_not_hide_the_other() {
    const SLOT: usize = REGION.end as usize / 2;
    let slot = |number: usize| number * SLOT..(number + 1) * SLOT;
    let (flash, (_, older, _)) = save(Flash::new(PAGES as usize));
    let (flash, (_, newer, _)) = save(flash.powered());
    for (spoilt, (digest_left, sequence)) in [(0, (newer, 2)), (1, (older, 1))] {
        // All of the slot, its header only, some of its content only.
        let at = slot(spoilt);
        for part in [
            at.clone(),
            at.start..at.start + 4,
            at.end - SLOT / 2..at.end,
        ] {
            let mut flash = flash.clone();
            flash.spoil(part);
            let (flash, found) = digest(flash);
            assert_eq!(found, (digest_left, Origin::Checkpoint(sequence)));
            // The save goes to the slot that could not be read: the other one is what it was.
            let kept = flash.bytes[slot(1 - spoilt)].to_vec();
            let (flash, (_, after, result)) = save(flash);
            assert_eq!(result, Ok(sequence + 1));
            assert_eq!(flash.bytes[slot(1 - spoilt)], kept);
            assert_eq!(
                digest(flash).1,
                (after, Origin::Checkpoint(sequence + 1)),
                "{spoilt}"
            );
        }
    }
    // Neither can be read: it is said, nothing is overwritten, and forgetting is the way out.
    let mut neither = flash;
    neither.spoil(0..2 * SLOT);
    let before = neither.bytes.clone();
    let (neither, (_, _, result)) = save(neither);
    assert!(matches!(result, Err(StoreError::Flash(_))), "{result:?}");
    assert_eq!(neither.bytes, before);
    let (neither, origin) = boot(neither, |_, store, origin| {
        store.erase().unwrap();
        origin
    });
    assert!(matches!(origin, Origin::Refused(StoreError::Flash(_))));
    let (neither, (_, origin)) = digest(neither);
    assert_eq!(origin, Origin::Beginning);
    assert_eq!(save(neither).1.2, Ok(1));
}

#[test]
fn what_this_program_cannot_use_is_named() {
    let (flash, _) = save(Flash::new(PAGES as usize));
    let refused = |flash: Flash| digest(flash.powered()).1.1;
    // Another version: its header is whole.
    let mut other = flash.clone();
    other.bytes[4] = 7;
    let sum = crc32(&other.bytes[..32]).to_le_bytes();
    other.bytes[32..36].copy_from_slice(&sum);
    assert_eq!(
        refused(other),
        Origin::Refused(StoreError::Version {
            theirs: 7,
            ours: VERSION
        })
    );
    // A bit of the content.
    for at in [256, 1000, 5000] {
        let mut other = flash.clone();
        other.bytes[at] ^= 4;
        assert_eq!(refused(other), Origin::Refused(StoreError::Damaged));
    }
    // A slot that became smaller.
    let mut store = Store::new(flash.clone(), 0..2 * PAGE as u32).unwrap();
    assert_eq!(store.open(), Err(StoreError::Cut));
    boot(Flash::new(PAGES as usize), |trainer, _, _| {
        let error = store.save(&configuration(), trainer).unwrap_err();
        assert!(
            matches!(error, StoreError::Full { slot: 1024, .. }),
            "{error}"
        );
    });
    // Another network, another precision.
    shape_is_refused::<I8, _, _, _, _>(flash.clone(), <arena!(I8, digits::SPECIFICATION)>::new());
    shape_is_refused::<F32, _, _, _, _>(flash, <arena!(F32, digits::SPECIFICATION)>::new());
}

fn shape_is_refused<
    P: Precision,
    const W: usize,
    const T: usize,
    const U: usize,
    const R: usize,
>(
    flash: Flash,
    mut arena: Arena<P, W, T, U, R>,
) {
    let mut store = Store::new(flash, REGION).unwrap();
    let mut layers = [Layer::default(); 2];
    let mut trainer = Trainer::configured(&configuration(), &mut layers, arena.lend()).unwrap();
    let checkpoint = store.open().unwrap().unwrap();
    let before = trainer.digest();
    assert_eq!(
        store.restore(&checkpoint, &mut trainer),
        Err(StoreError::Shape)
    );
    assert_eq!(trainer.digest(), before);
    assert!(trainer.weights().iter().any(|w| w.to_f64() != 0.0));
}

/// CRC-32/ISO-HDLC, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            sum >> 1 ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    })
}

#[test]
fn a_region_that_is_none_is_refused() {
    let page = PAGE as u32;
    for region in [
        0..page,
        0..9 * page,
        1..4 * page,
        page..page,
        2 * page..page,
    ] {
        assert_eq!(
            Store::new(Flash::new(8), region).unwrap_err(),
            StoreError::Region
        );
    }
}
