package org.entente.gateway.cluster;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.seal.keys.KeyDescription;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.jspecify.annotations.Nullable;

/**
 * What nodes say to each other about keys, as bytes.
 *
 * <pre>
 * question · term (8)
 * state    · tag · count (4) · prints · keystore (8) · keystores
 * fetch    · term (8) · names
 * keys     · count (4) · for each: name · length (4) · secret
 * change   · term (8) · call (8) · 00, or 01 and what is held before · 00, or 01 and the tag after
 *            · keys · names · keystores
 * held     · tag · run (8)
 * tag      · term (8) · number (8)
 * print    · name · SHA-256 (32)
 * names    · count (4) · names
 * keystores · count (4) · for each: keystore (8) · machine, as text
 * name     · kind, as text · id, as text · created (8) · ends (8), both in milliseconds since 1970
 * text     · length (1) · ASCII
 * </pre>
 */
final class KeyMessages {
  private KeyMessages() {}

  static byte[] question(long term) {
    return KeyBuilder.key().u64(term).done();
  }

  static long question(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    long term = in.u64();
    in.end();
    return term;
  }

  private static byte[] tag(KeyTag tag) {
    return KeyBuilder.key().u64(tag.term()).u64(tag.number()).done();
  }

  static byte[] held(KeyNode.Held held) {
    return KeyBuilder.key().bytes(tag(held.tag())).u64(held.run()).done();
  }

  static KeyNode.Held held(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    KeyNode.Held held = held(in);
    in.end();
    return held;
  }

  private static KeyNode.Held held(KeyReader in) {
    return new KeyNode.Held(tag(in), in.u64());
  }

  private static KeyTag tag(KeyReader in) {
    return new KeyTag(in.u64(), in.u64());
  }

  static byte[] state(KeyNode.State state) {
    KeyBuilder out = KeyBuilder.key().bytes(tag(state.tag())).u32(state.keys().size());
    for (KeyNode.Print print : state.keys()) {
      name(out, print.key());
      out.bytes(HexFormat.of().parseHex(print.hash()));
    }
    out.u64(state.keystore());
    keystores(out, state.known());
    return out.done();
  }

  static KeyNode.State state(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    KeyTag tag = tag(in);
    List<KeyNode.Print> prints = list(in, () -> print(in));
    KeyNode.State state = new KeyNode.State(tag, prints, in.u64(), list(in, () -> keystore(in)));
    in.end();
    return state;
  }

  private static KeyNode.Print print(KeyReader in) {
    return new KeyNode.Print(name(in), HexFormat.of().formatHex(in.bytes(Sha256.HASH_BYTES)));
  }

  /** A question for keys. */
  record Fetch(long term, List<KeyDescription> names) {}

  static byte[] fetch(Fetch fetch) {
    KeyBuilder out = KeyBuilder.key().u64(fetch.term());
    names(out, fetch.names());
    return out.done();
  }

  static Fetch fetch(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    Fetch fetch = new Fetch(in.u64(), list(in, () -> name(in)));
    in.end();
    return fetch;
  }

  static byte[] keys(List<KeyEntry> keys) {
    KeyBuilder out = KeyBuilder.key();
    keys(out, keys);
    return out.done();
  }

  static List<KeyEntry> keys(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    List<KeyEntry> keys = list(in, () -> key(in));
    in.end();
    return keys;
  }

  static byte[] change(KeyNode.Change change) {
    KeyBuilder out = KeyBuilder.key().u64(change.term()).u64(change.call());
    KeyNode.Held before = change.before();
    optional(out, before == null ? null : held(before));
    KeyTag after = change.after();
    optional(out, after == null ? null : tag(after));
    keys(out, change.put());
    names(out, change.gone());
    keystores(out, change.known());
    return out.done();
  }

  static KeyNode.Change change(byte[] bytes) {
    KeyReader in = KeyReader.of(bytes);
    KeyNode.Change change =
        new KeyNode.Change(
            in.u64(),
            in.u64(),
            optional(in, () -> held(in)),
            optional(in, () -> tag(in)),
            list(in, () -> key(in)),
            list(in, () -> name(in)),
            list(in, () -> keystore(in)));
    in.end();
    return change;
  }

  private static void optional(KeyBuilder out, byte @Nullable [] value) {
    out.u8(value == null ? 0 : 1);
    if (value != null) {
      out.bytes(value);
    }
  }

  private static <T> @Nullable T optional(KeyReader in, Supplier<T> value) {
    return switch (in.u8()) {
      case 0 -> null;
      case 1 -> value.get();
      default -> throw new IllegalArgumentException("neither a value nor none");
    };
  }

  private static void keys(KeyBuilder out, List<KeyEntry> keys) {
    out.u32(keys.size());
    for (KeyEntry key : keys) {
      name(out, new KeyDescription(key.kind(), key.id(), key.created(), key.expires()));
      byte[] secret = key.secret().reveal();
      out.u32(secret.length).bytes(secret);
      Arrays.fill(secret, (byte) 0);
    }
  }

  private static KeyEntry key(KeyReader in) {
    KeyDescription name = name(in);
    byte[] secret = in.bytes((int) in.u32());
    return new KeyEntry(
        name.kind(), name.id(), name.created(), name.expires(), SecretBytes.takeOver(secret));
  }

  private static void names(KeyBuilder out, List<KeyDescription> names) {
    out.u32(names.size());
    names.forEach(name -> name(out, name));
  }

  private static void name(KeyBuilder out, KeyDescription name) {
    out.ascii(name.kind().name())
        .ascii(name.id())
        .u64(name.created().toEpochMilli())
        .u64(name.expires().toEpochMilli());
  }

  private static KeyDescription name(KeyReader in) {
    return new KeyDescription(
        KeyKind.valueOf(in.ascii()),
        in.ascii(),
        Instant.ofEpochMilli(in.u64()),
        Instant.ofEpochMilli(in.u64()));
  }

  private static void keystores(KeyBuilder out, List<MachineKeystore> keystores) {
    out.u32(keystores.size());
    keystores.forEach(one -> out.u64(one.id()).ascii(one.machine()));
  }

  private static MachineKeystore keystore(KeyReader in) {
    long id = in.u64();
    return new MachineKeystore(in.ascii(), id);
  }

  private static <T> List<T> list(KeyReader in, Supplier<T> one) {
    long count = in.u32();
    List<T> list = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      list.add(one.get());
    }
    return list;
  }
}
