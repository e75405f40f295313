package org.entente.gateway.cli.call;

import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.gateway.bridge.DocumentFile;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.DeskAddressParser;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.crypto.Sha256;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OnBehalfOf;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a file that is sent as it is. */
public final class DocumentOptions {
  private static final int KEY = 32;

  @Option(
      names = "--document",
      required = true,
      paramLabel = "FILE",
      description = {
        "file of any kind that is the content, such as a laboratory's report or a signed order.",
        "Its bytes arrive as they are; nobody looks into it on the way."
      })
  private Path file = Path.of("");

  @Option(
      names = "--media-type",
      paramLabel = "TYPE",
      description =
          "application/* media type (default: by the end of the file's name, otherwise"
              + " application/octet-stream)")
  private @Nullable String mediaType;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      description = "its name as recipients read it and search finds it (default: the file's)")
  private @Nullable String name;

  @Option(
      names = "--kind",
      paramLabel = "NAME",
      defaultValue = "INTELLIGENCE",
      description = "ALERT or INTELLIGENCE (default: ${DEFAULT-VALUE})")
  private String kind = "INTELLIGENCE";

  @Option(
      names = "--handling",
      paramLabel = "CODE",
      description = "handling code H0, H1, H2 or H3; may be repeated")
  private List<String> handling = List.of();

  @Option(
      names = "--handling-text",
      paramLabel = "TEXT",
      description = "with H3: the other restriction, in words")
  private @Nullable String handlingText;

  @Option(
      names = "--classification-scheme",
      paramLabel = "SCHEME",
      description = "scheme of the national marking, such as FR")
  private @Nullable String scheme;

  @Option(
      names = "--classification-marking",
      paramLabel = "MARKING",
      description = "national marking, such as 'DIFFUSION RESTREINTE'")
  private @Nullable String nationalMarking;

  @Option(
      names = "--personal-data",
      description = "there are personal data in it, which no gateway can see for itself")
  private boolean personalData;

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  @Option(names = "--officer", description = "the officer who sends it, where asked for; recorded")
  private String officer = "";

  @Option(names = "--unit", description = "the officer's unit; recorded")
  private String unit = "";

  @Option(names = "--justification", description = "why, where asked for; recorded")
  private String justification = "";

  public Path file() {
    return file;
  }

  /**
   * What is sent, without key.
   *
   * @param label further fields of the label, by name
   * @param to whom, as {@code --to} has it
   * @throws CommandFailure naming the field that is wrong
   */
  public Draft draft(Map<String, Object> label, List<String> to) {
    Document document = read(DocumentFile.read(file, name, mediaType));
    Draft.Builder draft =
        Draft.newBuilder()
            .setLabel(label(label))
            .setBody(Body.newBuilder().setDocument(document))
            .setTo(addressing(to));
    OnBehalfOf person =
        OnBehalfOf.newBuilder()
            .setOfficer(officer)
            .setUnit(unit)
            .setJustification(justification)
            .build();
    if (!person.equals(OnBehalfOf.getDefaultInstance())) {
      draft.setOnBehalfOf(person);
    }
    return draft.build();
  }

  /**
   * The draft under a key that follows from all that it says: sent again, it is the same message.
   *
   * @throws CommandFailure naming the field that is beyond its limit
   */
  public static Draft keyed(Draft draft) {
    byte[] hash = Sha256.hash(draft.toByteArray());
    String key = "document-" + HexFormat.of().formatHex(hash).substring(0, KEY);
    return read(DocumentFile.checked(draft.toBuilder().setIdempotencyKey(key).build()));
  }

  private Label label(Map<String, Object> further) {
    Map<String, Object> fields = new LinkedHashMap<>(further);
    fields.put("kind", kind.toUpperCase(Locale.ROOT));
    fields.put("handling", handling.stream().map(it -> it.toUpperCase(Locale.ROOT)).toList());
    fields.put("personal_data", personalData);
    fields.put("status", exercise ? "EXERCISE" : "ACTUAL");
    text(fields, "handling_text", handlingText);
    text(fields, "classification_scheme", scheme);
    text(fields, "classification_marking", nationalMarking);
    WrittenMessage<Label> written = WrittenMessage.label(fields);
    if (written instanceof WrittenMessage.Wrong<Label> wrong) {
      throw new UsageError(CapOptions.option(wrong.field()) + " " + wrong.problem());
    }
    return read(written);
  }

  private static void text(Map<String, Object> fields, String field, @Nullable String value) {
    if (value != null) {
      fields.put(field, value);
    }
  }

  private static Addressing addressing(List<String> words) {
    Addressing.Builder to = DeskAddressParser.addressing("--to", words).toBuilder().clearAgencies();
    for (String word : words) {
      // An agency's name has a dot, a jurisdiction's or a group's none.
      if (!DeskAddressParser.isDesk(word) && word.contains(".")) {
        to.addAgencies(word);
      } else if (!DeskAddressParser.isDesk(word)) {
        to.addJurisdictions(word);
      }
    }
    return to.build();
  }

  private static <T> T read(WrittenMessage<T> written) {
    if (written instanceof WrittenMessage.Read<T> read) {
      return read.value();
    }
    WrittenMessage.Wrong<T> wrong = (WrittenMessage.Wrong<T>) written;
    throw new CommandFailure(
        wrong.field() + ": " + TerminalText.printable(wrong.problem()) + "; nothing was sent");
  }
}
