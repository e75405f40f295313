package org.entente.gateway.bridge;

import static org.entente.gateway.bridge.CapElement.parent;
import static org.entente.gateway.bridge.CapElement.text;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.entente.gateway.bridge.CapLines.Entry;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Area;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Subject;

/**
 * An alert as a CAP 1.2 element, not yet checked against the schema. What {@link CapImport} kept is
 * put back in its place; what CAP has no place for becomes parameters named {@code entente:…}.
 *
 * <p>The scope is {@code Public} only where the label says that nothing restricts the content
 * (unclassified, no handling code, marked {@code TLP:CLEAR}); otherwise it is {@code Restricted}
 * with the label's restrictions in words, whatever the scope was at its source.
 */
final class CapExport {
  /** CAP 1.2 section 3.3.2: no "Z", UTC is written "-00:00". */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'-00:00'").withZone(ZoneOffset.UTC);

  private static final int MOST_BLOCKS = 64;

  private final Label label;
  private final Alert alert;

  private CapExport(Label label, Alert alert) {
    this.label = label;
    this.alert = alert;
  }

  static CapElement alert(Label label, Alert alert) {
    return new CapExport(label, alert).alert();
  }

  private CapElement alert() {
    List<CapElement> out = new ArrayList<>();
    String id = "entente-" + HexFormat.of().formatHex(label.getMessageId().toByteArray());
    out.add(text("identifier", kept("identifier", id)));
    out.add(text("sender", kept("sender", label.getOrigin())));
    out.add(text("sent", kept("sent", time(label.getCreatedAt(), label.hasCreatedAt()))));
    out.add(text("status", CapWords.word(label.getStatus().getValueDescriptor(), "Actual")));
    out.add(text("msgType", CapWords.word(label.getMessageType().getValueDescriptor(), "Alert")));
    out.add(text("source", kept("source", label.getSourceRef())));
    scope(out);
    out.add(text("addresses", kept("addresses", "")));
    CapLines.read(kept("code", "")).all("code").forEach(code -> out.add(text("code", code)));
    for (String name : List.of("note", "references", "incidents")) {
      out.add(text(name, kept(name, "")));
    }
    out.addAll(infos());
    return parent("alert", withoutEmpty(out));
  }

  private void scope(List<CapElement> out) {
    List<String> restrictions = restrictions();
    if (restrictions.isEmpty()) {
      out.add(text("scope", kept("scope", "Public")));
      out.add(text("restriction", kept("restriction", "")));
    } else {
      out.add(text("scope", "Restricted"));
      out.add(text("restriction", String.join("; ", restrictions)));
    }
  }

  private List<String> restrictions() {
    boolean clear =
        label.getClassification() == Classification.CLASSIFICATION_UNCLASSIFIED
            && label.getHandlingCount() == 0
            && label.getMarkingsList().equals(List.of("TLP:CLEAR"));
    if (clear) {
      return List.of();
    }
    List<String> words = new ArrayList<>();
    words.add(CapWords.word(label.getClassification().getValueDescriptor(), "Unclassified"));
    words.addAll(label.getMarkingsList());
    for (Handling handling : label.getHandlingList()) {
      words.add(CapWords.word(handling.getValueDescriptor(), "handling"));
    }
    if (!label.getHandlingText().isEmpty()) {
      words.add(label.getHandlingText());
    }
    return words;
  }

  private List<CapElement> infos() {
    List<CapElement> out = new ArrayList<>();
    List<CapLines> kept = new ArrayList<>();
    for (int i = 0; i < MOST_BLOCKS && alert.containsExtra(CapImport.INFO + i); i++) {
      kept.add(CapLines.read(alert.getExtraOrThrow(CapImport.INFO + i)));
    }
    if (kept.isEmpty()) {
      for (AlertText text : alert.getTextsList()) {
        out.add(info(text, new CapLines(List.of()), allAreas(), out.isEmpty()));
      }
    }
    for (CapLines lines : kept) {
      int at = index(lines.first("text", "0"), alert.getTextsCount());
      if (at >= 0) {
        out.add(info(alert.getTexts(at), lines, areasOf(lines), out.isEmpty()));
      }
    }
    return out;
  }

  private List<Integer> allAreas() {
    return java.util.stream.IntStream.range(0, alert.getAreasCount()).boxed().toList();
  }

  private List<Integer> areasOf(CapLines kept) {
    if (kept.all("areas").isEmpty()) {
      return allAreas();
    }
    List<Integer> out = new ArrayList<>();
    for (String word : kept.first("areas", "").split(" ", -1)) {
      int at = index(word, alert.getAreasCount());
      if (at >= 0) {
        out.add(at);
      }
    }
    return out;
  }

  private CapElement info(AlertText text, CapLines kept, List<Integer> areas, boolean first) {
    List<CapElement> out = new ArrayList<>();
    out.add(text("language", text.getLanguage()));
    List<String> categories = kept.all("category");
    String category = CapWords.category(label.getCategory());
    (categories.isEmpty() ? List.of(category) : categories)
        .forEach(word -> out.add(text("category", word)));
    out.add(text("event", text.getEvent().isEmpty() ? categoryInWords() : text.getEvent()));
    kept.all("responseType").forEach(word -> out.add(text("responseType", word)));
    graded(out, kept);
    out.add(text("audience", kept.first("audience", "")));
    pairs("eventCode", kept, out);
    out.add(text("effective", kept.first("effective", "")));
    String onset = time(alert.getOnsetAt(), alert.hasOnsetAt() && kept.entries().isEmpty());
    out.add(text("onset", kept.first("onset", onset)));
    // The label's expires_at says until when to deliver, not until when the alert holds.
    out.add(text("expires", kept.first("expires", "")));
    out.add(text("senderName", text.getSenderName()));
    out.add(text("headline", text.getHeadline()));
    out.add(text("description", text.getDescription()));
    out.add(text("instruction", text.getInstruction()));
    out.add(text("web", text.getWeb().isEmpty() ? kept.first("web", "") : text.getWeb()));
    out.add(text("contact", kept.first("contact", "")));
    pairs("parameter", kept, out);
    if (first) {
      ours(out);
    }
    resources(kept, out);
    for (int area : areas) {
      out.add(area(alert.getAreas(area), kept.below("area." + area + ".")));
    }
    return parent("info", withoutEmpty(out));
  }

  private void graded(List<CapElement> out, CapLines kept) {
    String urgency = CapWords.word(label.getUrgency().getValueDescriptor(), "Unknown");
    String severity = CapWords.word(label.getSeverity().getValueDescriptor(), "Unknown");
    String certainty = CapWords.word(label.getCertainty().getValueDescriptor(), "Unknown");
    out.add(text("urgency", kept.first("urgency", urgency)));
    out.add(text("severity", kept.first("severity", severity)));
    String asked = kept.first("certainty", certainty);
    out.add(text("certainty", asked.equals("Very Likely") ? "Likely" : asked));
  }

  private String categoryInWords() {
    return CapWords.word(label.getCategory().getValueDescriptor(), "Alert").replace('_', ' ');
  }

  /** What only our own gateways understand: the rest of the label and of the alert. */
  private void ours(List<CapElement> out) {
    out.add(pair("parameter", CapImport.OURS + "category", label.getCategory().toString()));
    out.add(pair("parameter", CapImport.OURS + "purpose", label.getPurpose().toString()));
    if (!label.getAgreement().isEmpty()) {
      out.add(pair("parameter", CapImport.OURS + "agreement", label.getAgreement()));
    }
    for (Map.Entry<String, String> extra : new TreeMap<>(alert.getExtraMap()).entrySet()) {
      if (!extra.getKey().startsWith(CapImport.EXTRA)) {
        out.add(pair("parameter", CapImport.OUR_EXTRA + extra.getKey(), extra.getValue()));
      }
    }
    for (Subject subject : alert.getSubjectsList()) {
      out.add(pair("parameter", CapImport.OUR_SUBJECT, json(subject)));
    }
  }

  private static String json(Subject subject) {
    try {
      return JsonFormat.printer().omittingInsignificantWhitespace().print(subject);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("only Any fields can fail to print", e);
    }
  }

  private static void pairs(String name, CapLines kept, List<CapElement> out) {
    for (Entry entry : kept.below(name + ".")) {
      out.add(pair(name, entry.name(), entry.value()));
    }
  }

  private static CapElement pair(String name, String valueName, String value) {
    return parent(name, List.of(text("valueName", valueName), text("value", value)));
  }

  private static void resources(CapLines kept, List<CapElement> out) {
    Map<String, List<CapElement>> byIndex = new java.util.LinkedHashMap<>();
    for (Entry entry : kept.below("resource.")) {
      int dot = entry.name().indexOf('.');
      if (dot > 0) {
        CapElement part = text(entry.name().substring(dot + 1), entry.value());
        byIndex
            .computeIfAbsent(entry.name().substring(0, dot), index -> new ArrayList<>())
            .add(part);
      }
    }
    byIndex.values().forEach(parts -> out.add(parent("resource", parts)));
  }

  private static CapElement area(Area area, List<Entry> kept) {
    List<CapElement> out = new ArrayList<>();
    out.add(text("areaDesc", area.getDescription()));
    area.getPolygonsList().forEach(shape -> out.add(text("polygon", shape)));
    area.getCirclesList().forEach(shape -> out.add(text("circle", shape)));
    area.getGeocodesList().forEach(geocode -> out.add(CapGeocode.element(geocode)));
    for (Entry entry : kept) {
      String name = entry.name();
      out.add(
          name.startsWith("geocode.")
              ? CapGeocode.of(name.substring("geocode.".length()), entry.value())
              : text(name, entry.value()));
    }
    return parent("area", withoutEmpty(out));
  }

  private static List<CapElement> withoutEmpty(List<CapElement> elements) {
    return elements.stream()
        .filter(element -> !element.text().isEmpty() || !element.children().isEmpty())
        .toList();
  }

  private String kept(String name, String otherwise) {
    return alert.getExtraOrDefault(CapImport.EXTRA + name, otherwise);
  }

  private static int index(String text, int count) {
    return text.matches("\\d{1,4}") && Integer.parseInt(text) < count ? Integer.parseInt(text) : -1;
  }

  private static String time(Timestamp time, boolean present) {
    try {
      return present ? TIME.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos())) : "";
    } catch (DateTimeException e) {
      return "";
    }
  }
}
