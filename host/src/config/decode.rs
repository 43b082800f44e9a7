//! From the document's tree to the sections, by serde, with faults that keep their key.

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::document::{Node, Value};
use super::error::Fault;

/// Reads one node of the document.
pub(super) struct Decoder<'a>(pub(super) &'a Node);

impl<'de> Decoder<'de> {
    fn visit<V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Fault> {
        match &self.0.value {
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) if value.is_finite() => visitor.visit_f64(*value),
            Value::Float(_) => Err(Fault::value("", "", "a finite number")),
            Value::Text(value) => visitor.visit_borrowed_str(value),
            Value::Other(_) => Err(Fault::invalid_type(Unexpected::Other("value"), &visitor)),
            Value::List(values) => visitor.visit_seq(List { values, next: 0 }),
            Value::Table(entries) => visitor.visit_map(Table { entries, next: 0 }),
        }
    }
}

impl<'de> Deserializer<'de> for Decoder<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit(visitor)
            .map_err(|fault| fault.found(|| self.0.to_string()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        accepted: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if let Value::Text(value) = &self.0.value {
            return visitor.visit_enum(Word(value));
        }
        let words = format!("\"{}\"", accepted.join("\", \""));
        Err(Fault::value("", self.0.to_string(), words))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct List<'a> {
    values: &'a [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for List<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(node) = self.values.get(self.next) else {
            return Ok(None);
        };
        let part = format!("[{}]", self.next);
        self.next += 1;
        seed.deserialize(Decoder(node))
            .map(Some)
            .map_err(|fault| fault.inside(part))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len() - self.next)
    }
}

struct Table<'a> {
    entries: &'a [(String, Node)],
    next: usize,
}

impl<'de> MapAccess<'de> for Table<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some((key, _)) = self.entries.get(self.next) else {
            return Ok(None);
        };
        let reader: StrDeserializer<'_, Fault> = key.as_str().into_deserializer();
        seed.deserialize(reader)
            .map(Some)
            .map_err(|fault| fault.inside(key))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let Some((key, node)) = self.entries.get(self.next) else {
            return Err(Fault::custom("a value was asked for beyond the last key"));
        };
        self.next += 1;
        seed.deserialize(Decoder(node))
            .map_err(|fault| fault.inside(key))
    }
}

/// A word that names a variant without content.
struct Word<'a>(&'a str);

impl<'de> EnumAccess<'de> for Word<'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let reader: StrDeserializer<'_, Fault> = self.0.into_deserializer();
        seed.deserialize(reader).map(|value| (value, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Fault> {
        Err(Fault::custom("no accepted word carries a value"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Fault> {
        Err(Fault::custom("no accepted word carries a value"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        Err(Fault::custom("no accepted word carries a value"))
    }
}
