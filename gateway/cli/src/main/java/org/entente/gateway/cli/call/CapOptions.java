package org.entente.gateway.cli.call;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.gateway.bridge.cap.CapTerms;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say what a message needs and neither CAP nor a document has a place for. */
public final class CapOptions {
  @Option(
      names = "--category",
      required = true,
      paramLabel = "NAME",
      description = "what the alerts are about, such as PUBLIC_WARNING or HAZARDOUS")
  private String category = "";

  @Option(
      names = "--purpose",
      required = true,
      paramLabel = "NAME",
      description = "why they are shared, such as PUBLIC_SAFETY")
  private String purpose = "";

  @Option(
      names = "--classification",
      required = true,
      paramLabel = "NAME",
      description = "UNCLASSIFIED, RESTRICTED, CONFIDENTIAL or SECRET")
  private String classification = "";

  @Option(
      names = "--marking",
      paramLabel = "MARKING",
      description = "sharing marking, such as TLP:CLEAR; may be repeated")
  private List<String> markings = List.of();

  @Option(
      names = "--agreement",
      paramLabel = "ID",
      description = "agreement under which they are shared (default: the gateway resolves it)")
  private @Nullable String agreement;

  @Option(
      names = "--legal-basis",
      paramLabel = "TEXT",
      description = "legal basis in words or by citation")
  private @Nullable String legalBasis;

  @Option(
      names = "--case-ref",
      paramLabel = "TEXT",
      description = "case reference of the agency's own")
  private @Nullable String caseRef;

  @Option(
      names = "--requested-action",
      paramLabel = "NAME",
      description = "what recipients are asked to do, such as INFORM or CHECK (default: INFORM)")
  private @Nullable String requestedAction;

  @Option(
      names = "--lane",
      paramLabel = "NAME",
      description = "FLASH, IMMEDIATE, PRIORITY or ROUTINE (default: ROUTINE)")
  private @Nullable String lane;

  @Option(
      names = "--to",
      paramLabel = "AGENCY",
      description = {
        "recipient; may be repeated. CAP without it goes to those whom agreements allow,",
        "which is refused for alerts whose scope is not Public; of a document a desk,",
        "jurisdiction or group can be named, too, and somebody must be"
      })
  private List<String> to = List.of();

  /**
   * The terms.
   *
   * @throws ParameterException naming the option that is wrong and what would be valid
   */
  public CapTerms terms(CommandSpec spec) {
    CapTerms.ReadResult reading = CapTerms.of(label(), to);
    if (reading instanceof CapTerms.ReadResult.Read read) {
      return read.terms();
    }
    CapTerms.ReadResult.Wrong wrong = (CapTerms.ReadResult.Wrong) reading;
    throw new ParameterException(spec.commandLine(), option(wrong.field()) + " " + wrong.problem());
  }

  /** What of a label is said, by field. */
  public Map<String, Object> label() {
    Map<String, Object> label = new LinkedHashMap<>();
    label.put("category", word(category));
    label.put("purpose", word(purpose));
    label.put("classification", word(classification));
    label.put("markings", markings);
    text(label, "agreement", agreement);
    text(label, "legal_basis", legalBasis);
    text(label, "case_ref", caseRef);
    text(label, "requested_action", requestedAction == null ? null : word(requestedAction));
    text(label, "lane", lane == null ? null : word(lane));
    return label;
  }

  /** Who is named as recipient. */
  public List<String> to() {
    return List.copyOf(to);
  }

  /** The option that says a field of a label. */
  static String option(String field) {
    String name = field.replaceFirst("\\[.*", "").replace('_', '-');
    return "--" + (name.equals("markings") ? "marking" : name);
  }

  private static String word(String name) {
    return name.toUpperCase(Locale.ROOT);
  }

  private static void text(Map<String, Object> label, String field, @Nullable String value) {
    if (value != null) {
      label.put(field, value);
    }
  }
}
