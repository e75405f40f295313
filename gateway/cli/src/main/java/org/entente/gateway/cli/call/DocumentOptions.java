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

/** Options of a document, a file that is sent unchanged. */
public final class DocumentOptions extends SenderOptions {
  private static final int KEY = 32;

  @Option(
      names = "--document",
      required = true,
      paramLabel = "FILE",
      description =
          "file to send, of any kind, such as a laboratory report or a signed order. "
              + "Its bytes arrive unchanged; no gateway inspects them.")
  private Path file = Path.of("");

  @Option(
      names = "--media-type",
      paramLabel = "TYPE",
      description =
          "application/* media type (default: by the file's extension, otherwise"
              + " application/octet-stream)")
  private @Nullable String mediaType;

  @Option(
      names = "--name",
      paramLabel = "TEXT",
      description = "name that recipients see and search finds (default: the file's)")
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

  @RequestField("label.classification_marking")
  @Option(
      names = "--classification-scheme",
      paramLabel = "SCHEME",
      description = "scheme of the national marking, such as FR")
  private @Nullable String scheme;

  @RequestField("label.classification_marking")
  @Option(
      names = "--classification-marking",
      paramLabel = "MARKING",
      description = "national marking, such as 'DIFFUSION RESTREINTE'")
  private @Nullable String nationalMarking;

  @Option(
      names = "--personal-data",
      description = "the file contains personal data; gateways cannot detect it")
  private boolean personalData;

  @Option(names = "--exercise", description = "exercise traffic instead of actual traffic")
  private boolean exercise;

  public Path file() {
    return file;
  }

  /**
   * The draft to send, without an idempotency key.
   *
   * @param label further fields of the label, by name
   * @param to the recipients, as given by {@code --to}
   * @param fields the options of the fields
   * @throws CommandFailure naming the wrong field
   */
  public Draft draft(Map<String, Object> label, List<String> to, FieldOptions fields) {
    Document document = read(DocumentFile.read(file, name, mediaType), fields);
    Draft.Builder draft =
        Draft.newBuilder()
            .setLabel(label(label, fields))
            .setBody(Body.newBuilder().setDocument(document))
            .setTo(addressing(to));
    OnBehalfOf person = person();
    if (!person.equals(OnBehalfOf.getDefaultInstance())) {
      draft.setOnBehalfOf(person);
    }
    return draft.build();
  }

  /**
   * The draft with an idempotency key computed from its content: sent again, it is the same
   * message.
   *
   * @param fields the options of the fields
   * @throws CommandFailure naming the field that exceeds its limit
   */
  public static Draft keyed(Draft draft, FieldOptions fields) {
    byte[] hash = Sha256.hash(draft.toByteArray());
    String key = "document-" + HexFormat.of().formatHex(hash).substring(0, KEY);
    return read(DocumentFile.checked(draft.toBuilder().setIdempotencyKey(key).build()), fields);
  }

  private Label label(Map<String, Object> further, FieldOptions fields) {
    Map<String, Object> values = new LinkedHashMap<>(further);
    values.put("kind", kind.toUpperCase(Locale.ROOT));
    values.put("handling", handling.stream().map(it -> it.toUpperCase(Locale.ROOT)).toList());
    values.put("personal_data", personalData);
    values.put("status", exercise ? "EXERCISE" : "ACTUAL");
    text(values, "handling_text", handlingText);
    text(values, "classification_scheme", scheme);
    text(values, "classification_marking", nationalMarking);
    WrittenMessage<Label> written = WrittenMessage.label(values);
    if (written instanceof WrittenMessage.Wrong<Label> wrong) {
      throw new UsageError(CapOptions.option(wrong.field()) + " " + wrong.problem());
    }
    return read(written, fields);
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

  private static <T> T read(WrittenMessage<T> written, FieldOptions fields) {
    if (written instanceof WrittenMessage.Read<T> read) {
      return read.value();
    }
    WrittenMessage.Wrong<T> wrong = (WrittenMessage.Wrong<T>) written;
    throw new CommandFailure(
        fields.named(wrong.field())
            + ": "
            + TerminalText.printable(wrong.problem())
            + "; nothing was sent");
  }
}
