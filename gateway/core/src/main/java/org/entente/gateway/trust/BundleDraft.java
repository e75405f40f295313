package org.entente.gateway.trust;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.note.NoteCheck;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.note.NoteSignature;
import org.entente.gateway.note.NoteSigner;
import org.entente.gateway.note.SignedNote;

/**
 * Trust bundle during signing: the text that the roots sign and the signatures so far.
 *
 * <p>Its file is a signed note; before the first signature it is the text and the blank line after
 * it. {@code parse(b)} fails or returns a draft that encodes to {@code b}. Parsing does not check
 * signatures: {@link #signedBy} and finally {@link BundleVerifier} do. Immutable and safe for use
 * by many threads.
 */
public final class BundleDraft {
  private final BundleContent content;
  private final String text;
  private final List<NoteSignature> signatures;

  private BundleDraft(BundleContent content, String text, List<NoteSignature> signatures) {
    this.content = content;
    this.text = text;
    this.signatures = List.copyOf(signatures);
  }

  /** A draft without signatures. */
  public static BundleDraft of(BundleContent content) {
    return new BundleDraft(content, new BundleText().print(content), List.of());
  }

  /**
   * Reads a draft or a signed bundle.
   *
   * @throws InvalidValue if it is malformed
   */
  public static BundleDraft parse(byte[] bytes) {
    if (bytes.length > SignedNote.MAX_BYTES) {
      throw new InvalidValue(
          "a bundle has at most " + SignedNote.MAX_BYTES + " bytes", bytes.length + " bytes");
    }
    SignedNote.ParseResult parse = SignedNote.parse(bytes);
    if (parse instanceof SignedNote.ParseResult.Parsed parsed) {
      SignedNote note = parsed.note();
      return new BundleDraft(new BundleText().parse(note.text()), note.text(), note.signatures());
    }
    String whole = new String(bytes, StandardCharsets.UTF_8);
    if (!whole.endsWith("\n\n")) {
      throw new InvalidValue(
          "a bundle is a signed note: " + ((SignedNote.ParseResult.Malformed) parse).reason(),
          "other bytes");
    }
    BundleDraft draft = of(new BundleText().parse(whole.substring(0, whole.length() - 1)));
    if (!java.util.Arrays.equals(draft.encode(), bytes)) {
      throw new InvalidValue(
          "a draft is in its canonical form", "another form of the same content");
    }
    return draft;
  }

  /** What the roots sign. */
  public BundleContent content() {
    return content;
  }

  /** The fingerprint that the roots compare by voice before they sign. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(text);
  }

  /** Whether it has no signature yet. */
  public boolean isUnsigned() {
    return signatures.isEmpty();
  }

  /**
   * The draft with the two signatures of one root after those it has. They replace lines under the
   * root's name that do not verify, which anyone can write.
   *
   * @throws InvalidValue if the pair is not the one that this root has in the sets, or the root
   *     signed already
   */
  public BundleDraft signedBy(RootSet previous, NoteKeyName name, SigningPair pair) {
    RootKey key = RootKey.of(name, pair);
    if (!previous.keys().contains(key) && !content.roots().keys().contains(key)) {
      throw new InvalidValue(
          "the signer is an old or new root, with the keys listed for that root", name.value());
    }
    if (hasSigned(key)) {
      throw new InvalidValue("a root signs a bundle only once", name.value());
    }
    List<NoteSignature> all = new ArrayList<>(signatures);
    all.removeIf(signature -> signature.name().equals(name));
    // Types 0x01 and ML_DSA_44_NOTE carry no time; the epoch means none.
    all.add(NoteSigner.ed25519(name, pair.ed25519()).sign(text, Instant.EPOCH));
    all.add(NoteSigner.mlDsa44Note(name, pair.mlDsa44()).sign(text, Instant.EPOCH));
    return new BundleDraft(content, text, SignedNote.of(text, all).signatures());
  }

  private boolean hasSigned(RootKey key) {
    List<NoteSignature> own =
        signatures.stream().filter(signature -> signature.name().equals(key.name())).toList();
    return !own.isEmpty()
        && SignedNote.of(text, own).verify(List.of(key.ed25519(), key.mlDsa44()))
            instanceof NoteCheck.Verified verified
        && verified.by(key.ed25519())
        && verified.by(key.mlDsa44());
  }

  /** The roots of a set that signed with both keys, by name; none if any signature is false. */
  public List<NoteKeyName> signedBy(RootSet set) {
    if (signatures.isEmpty()) {
      return List.of();
    }
    NoteCheck check = SignedNote.of(text, signatures).verify(set.verifiers().toList());
    if (!(check instanceof NoteCheck.Verified verified)) {
      return List.of();
    }
    return set.keys().stream()
        .filter(key -> verified.by(key.ed25519()) && verified.by(key.mlDsa44()))
        .map(RootKey::name)
        .toList();
  }

  /** Why a signature of the set's roots does not verify; empty if all do. */
  public Optional<String> falseSignature(RootSet set) {
    boolean any =
        signatures.stream()
            .anyMatch(s -> set.keys().stream().anyMatch(key -> key.name().equals(s.name())));
    return any
        ? SignedNote.of(text, signatures).verify(set.verifiers().toList()).refusal()
        : Optional.empty();
  }

  /** Whether enough roots of both sets have signed. */
  public boolean isComplete(RootSet previous) {
    return signedBy(previous).size() >= previous.threshold()
        && signedBy(content.roots()).size() >= content.roots().threshold();
  }

  /** The bytes of the file, a new array; a signed note once it has a signature. */
  public byte[] encode() {
    return signatures.isEmpty()
        ? (text + "\n").getBytes(StandardCharsets.UTF_8)
        : SignedNote.of(text, signatures).encode();
  }

  @Override
  public String toString() {
    return "draft of version " + content.version() + " with " + signatures.size() + " signatures";
  }
}
