//! Vectors from the words of a text and the groups of three characters in them, offline: texts that share words or parts of words are near.
//!
//! Feature hashing (Weinberger, Dasgupta, Langford, Smola and Attenberg: Feature Hashing for Large Scale Multitask Learning, ICML 2009): each feature's hash says
//! which component it adds to and with which sign, so there is no vocabulary and collisions cancel on average. A word weighs as much as it has characters, up to 8, for
//! short words are mostly common ones; a group weighs 1. Components are the roots of the sums, so that what is said ten times does not drown the rest.
//!
//! No tables: letters are lowered by arithmetic where an alphabet allows it (ASCII, Latin-1, Greek, Cyrillic), and beyond ASCII all but the
//! blocks of spaces and punctuation belongs to words. A language without spaces is found by its groups of three.

use alloc::vec;
use alloc::vec::Vec;

use super::Identity;
use crate::hash::{START, mix, step};
use crate::vector::sqrt;

/// What a store of these vectors knows them by. Another way to make them needs another name.
pub const IDENTITY: Identity<'static> = Identity { name: "lexical", dimensions: 512 };

/// Both ends of a word, in groups. No word has it.
const EDGE: char = ' ';
/// What a word weighs at most.
const MAX_WEIGHT: i32 = 8;

/// The vector of a text, at length 1. Nothing, if the text has no words.
pub fn embed(text: &str) -> Option<Vec<f32>> {
    let mut sums = vec![0_i32; IDENTITY.dimensions];
    let mut add = |hash: u64, weight: i32| {
        let bits = mix(hash);
        if let Some(sum) = sums.get_mut(bits as usize % IDENTITY.dimensions) {
            *sum = sum.saturating_add(if bits >> 63 == 0 { weight } else { -weight });
        }
    };
    let mut word = START;
    let mut length = 0;
    // The two characters before this one.
    let mut before = [EDGE; 2];
    for char in text.chars().chain([EDGE]) {
        let char = lower(char);
        let inside = is_word(char);
        if length > 0 {
            if length > 1 || !inside {
                let [first, second] = before.map(u32::from);
                add(step(step(step(0, first), second), if inside { char.into() } else { EDGE.into() }), 1);
            }
            if !inside {
                add(word, length);
            }
        }
        (word, length, before) = match inside {
            true => (step(word, char.into()), (length + 1).min(MAX_WEIGHT), [before[1], char]),
            false => (START, 0, [EDGE; 2]),
        };
    }
    let square = sums.iter().map(|sum| f64::from(sum.unsigned_abs())).sum::<f64>();
    if square == 0.0 {
        return None;
    }
    let component = |sum: &i32| match *sum {
        0 => 0.0,
        sum if sum < 0 => -sqrt(f64::from(sum.unsigned_abs()) / square) as f32,
        sum => sqrt(f64::from(sum) / square) as f32,
    };
    Some(sums.iter().map(component).collect())
}

/// The small letter of a capital one, where they lie a fixed distance apart.
fn lower(char: char) -> char {
    let distance = match char {
        'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' | 'Α'..='Ρ' | 'Σ'..='Ω' | 'А'..='Я' => 32,
        'Ѐ'..='Џ' => 80,
        _ => 0,
    };
    char::from_u32(u32::from(char) + distance).unwrap_or(char)
}

/// Whether the character belongs to a word: letters and digits of ASCII, and of the rest all but U+0080 to U+00BF, U+2000 to U+206F and
/// U+3000 to U+3003 (Latin-1 controls and signs, General Punctuation, ideographic space and stops).
fn is_word(char: char) -> bool {
    match char {
        '\0'..='\x7F' => char.is_ascii_alphanumeric(),
        '\u{80}'..='\u{BF}' | '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{3003}' => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::more;
    use alloc::string::String;
    use proptest::prelude::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let (a, b) = (embed(a).unwrap(), embed(b).unwrap());
        a.iter().zip(&b).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn the_vectors_stay_what_they_are() {
        // A store that was written by an older program has these; with other vectors, the name has to be another one.
        let bits = |text| embed(text).unwrap().iter().fold(START, |hash, value| more(hash, &value.to_le_bytes()));
        assert_eq!(bits("The quick brown fox, and the ÄRGER of the 12 Волки."), 10_579_471_507_081_895_780);
    }

    #[test]
    fn what_has_no_words_has_no_vector() {
        for text in ["", " \t\n", "?!... --", "\u{2003}\u{2014}\u{3000}", "\u{A0}«»"] {
            assert_eq!(embed(text), None, "{text:?}");
        }
        assert!(embed("a").is_some() && embed("é").is_some() && embed("日").is_some());
    }

    #[test]
    fn case_and_punctuation_do_not_matter() {
        for (a, b) in [("Hello, World!", "hello world"), ("ÄÖÜ Ωmega ЖУК Ђ", "äöü ωmega жук ђ"), ("a-b", "a\u{2014}b")]
        {
            assert_eq!(embed(a), embed(b), "{a}");
        }
        assert_ne!(embed("wolf"), embed("flow"));
        assert_ne!(embed("a b"), embed("ab"));
    }

    #[test]
    fn texts_that_share_words_are_near() {
        let texts = [
            "The deployment to production failed because the certificate had expired",
            "My favourite pasta is made with garlic, chili and olive oil",
            "The meeting with the finance team was moved to Thursday at ten",
            "Rust's borrow checker rejects two mutable references to one value",
            "Die Gebühr für die Überweisung beträgt zwei Euro",
            "東京の天気は明日も晴れるでしょう",
        ];
        let asked = [
            "why did we fail to deploy? an expired cert?",
            "recipe: chilli garlic pasta",
            "when do I meet finance?",
            "mutable reference borrowing",
            "GEBÜHREN einer Überweisung",
            "明日の東京の天気",
        ];
        for (wanted, query) in asked.iter().enumerate() {
            let best = (0..texts.len()).max_by(|a, b| cosine(query, texts[*a]).total_cmp(&cosine(query, texts[*b])));
            assert_eq!(best, Some(wanted), "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_vector_of_length_1_or_none(text in any::<String>()) {
            if let Some(vector) = embed(&text) {
                prop_assert_eq!(vector.len(), IDENTITY.dimensions);
                let square = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
                prop_assert!((square - 1.0).abs() < 1e-5, "{square}");
            }
        }
    }
}
