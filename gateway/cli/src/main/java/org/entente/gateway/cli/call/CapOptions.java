package org.entente.gateway.cli.call;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.entente.gateway.bridge.cap.CapTerms;
import org.entente.gateway.cli.failure.UsageError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options for the label fields that neither CAP nor a document holds. */
public final class CapOptions {
  @Option(
      names = "--category",
      required = true,
      paramLabel = "NAME",
      description = "subject matter, such as PUBLIC_WARNING or HAZARDOUS")
  private String category = "";

  @Option(
      names = "--purpose",
      required = true,
      paramLabel = "NAME",
      description = "purpose of sharing, such as PUBLIC_SAFETY")
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
      description = "agreement under which to share (default: the gateway selects it)")
  private @Nullable String agreement;

  @Option(
      names = "--legal-basis",
      paramLabel = "TEXT",
      description = "legal basis in words or by citation")
  private @Nullable String legalBasis;

  @Option(
      names = "--case-ref",
      paramLabel = "TEXT",
      description = "the agency's own case reference")
  private @Nullable String caseRef;

  @Option(
      names = "--requested-action",
      paramLabel = "NAME",
      description = "action requested of recipients, such as INFORM or CHECK (default: INFORM)")
  private @Nullable String requestedAction;

  @Option(
      names = "--lane",
      paramLabel = "NAME",
      description = "FLASH, IMMEDIATE, PRIORITY or ROUTINE (default: ROUTINE)")
  private @Nullable String lane;

  @Option(
      names = "--to",
      paramLabel = "AGENCY",
      description =
          "recipient; may be repeated. Without it, CAP of scope Public goes to all agencies that"
              + " agreements allow, and CAP of any other scope is refused. A document needs at"
              + " least one; it may also be a desk, a jurisdiction or a group")
  private List<String> to = List.of();

  /**
   * The terms.
   *
   * @throws UsageError naming the wrong option and the valid values
   */
  public CapTerms terms() {
    return CapTerms.of(label(), to)
        .orElseThrow(wrong -> new UsageError(option(wrong.field()) + " " + wrong.message()));
  }

  /** The label fields that were given, by name. */
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

  /** The recipients that were given. */
  public List<String> to() {
    return List.copyOf(to);
  }

  /** The option for a field of a label. */
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
