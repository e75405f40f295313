package org.entente.gateway.note;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.entente.gateway.testkit.Formats;

/** Signed notes and what stands in them. */
public final class NoteFormats {
  private NoteFormats() {}

  /** All of them. */
  public static Formats all() {
    return new Formats("note")
        .with(
            "note",
            Formats.same(bytes -> SignedNote.parse(bytes).asNote().map(SignedNote::encode)),
            () -> List.of(note().encode()))
        .with("verify", NoteFormats::verify, () -> List.of(note().encode()))
        .with(
            "checkpoint",
            text(text -> Checkpoint.parse(text).map(Checkpoint::text)),
            () ->
                List.of(
                    NoteFixture.CHECKPOINT.text().getBytes(UTF_8),
                    (NoteFixture.CHECKPOINT.text() + "more\n").getBytes(UTF_8)))
        .with(
            "signature-line",
            text(text -> NoteSignature.parse(text).map(NoteSignature::line)),
            () -> note().signatures().stream().map(line -> line.line().getBytes(UTF_8)).toList())
        .with(
            "vkey",
            text(text -> NoteVerifier.parse(text).map(NoteVerifier::vkey)),
            () ->
                NoteFixture.verifiers(NoteFixture.oneOfEach()).stream()
                    .map(key -> key.vkey().getBytes(UTF_8))
                    .toList());
  }

  /** A parser of text, which sees no bytes that are not UTF-8. */
  private static Formats.FormatLaw text(Function<String, Optional<String>> parseAndPrint) {
    return Formats.same(
        bytes -> {
          String text = new String(bytes, UTF_8);
          return java.util.Arrays.equals(bytes, text.getBytes(UTF_8))
              ? parseAndPrint.apply(text).map(again -> again.getBytes(UTF_8))
              : Optional.empty();
        });
  }

  /** Whoever verifies a note that was changed refuses it, unless only unknown lines were. */
  private static boolean verify(byte[] bytes) {
    Optional<SignedNote> parsed = SignedNote.parse(bytes).asNote();
    if (parsed.isEmpty()) {
      return false;
    }
    NoteCheck check = parsed.get().verify(NoteFixture.verifiers(NoteFixture.oneOfEach()));
    boolean verified = check instanceof NoteCheck.Verified;
    if (verified && !parsed.get().text().equals(note().text())) {
      throw new AssertionError("verified under a text that nobody signed");
    }
    return verified;
  }

  private static SignedNote note() {
    return NoteFixture.sign(
        NoteFixture.CHECKPOINT.text(),
        Stream.of(0, 1, 2, 3).map(NoteFixture.oneOfEach()::get).toList());
  }
}
