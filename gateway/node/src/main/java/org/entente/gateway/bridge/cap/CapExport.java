package org.entente.gateway.bridge.cap;

import static org.entente.gateway.bridge.format.CapElement.parent;
import static org.entente.gateway.bridge.format.CapElement.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.entente.gateway.bridge.cap.CapLines.Entry;
import org.entente.gateway.bridge.format.CapCodes;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Area;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.RequestedAction;

/**
 * Converts an alert to a CAP 1.2 element that is not yet checked against the schema. The parts
 * stored by {@link CapImport} are put back in their places. Fields without a CAP element become
 * parameters named {@code entente:…} ({@link CapParameters}). Parts that the element changes or
 * omits are reported.
 *
 * <p>The scope is {@code Public} only if the label puts no restriction on the content (unclassified
 * in no national scheme, no handling code, marked {@code TLP:CLEAR}). Otherwise it is at least
 * {@code Restricted}, whatever the source's scope, and the label's restrictions in words precede
 * those of the source.
 */
final class CapExport {
  /** The element, with the parts of the message that it changes or omits. */
  record ExportResult(CapElement alert, List<UnmappedValue> unmapped) {}

  /** Any space of Unicode, as some readers part references there. */
  private static final Pattern WORDS =
      Pattern.compile("[\\s\\p{Z}]+", Pattern.UNICODE_CHARACTER_CLASS);

  private static final int MOST_BLOCKS = 64;

  /** A document has no more elements, and each line is at least one. */
  private static final int MOST_LINES = CapDocument.MAX_ELEMENTS;

  private final Label label;
  private final Alert alert;
  private final String references;
  private final UnmappedCollector leftovers = new UnmappedCollector();
  private final BitSet writtenTexts = new BitSet();
  private final BitSet writtenAreas = new BitSet();
  private int lines;
  private int elements;

  private CapExport(Label label, Alert alert, String references) {
    this.label = label;
    this.alert = alert;
    this.references = references;
  }

  /** Fails if a document of bounded size cannot hold it. */
  static ExportResult alert(Label label, Alert alert, String references) throws CapProblem {
    CapExport export = new CapExport(label, alert, references);
    CapElement element = CapUpgrade.of(export.alert(), export.leftovers, 0);
    return new ExportResult(element, export.leftovers.list());
  }

  /** The identifier of an alert that did not come from a CAP document. */
  static String identifier(Label label) {
    return "entente-" + HexFormat.of().formatHex(label.getMessageId().toByteArray());
  }

  private CapElement alert() throws CapProblem {
    List<CapElement> out = new ArrayList<>();
    out.add(text("identifier", kept("identifier", identifier(label))));
    out.add(text("sender", sender()));
    out.add(text("sent", kept("sent", CapText.time(label.getCreatedAt(), label.hasCreatedAt()))));
    out.add(text("status", CapCodes.word(label.getStatus().getValueDescriptor(), "Actual")));
    out.add(text("msgType", messageType()));
    if (label.getMessageType() == MessageType.MESSAGE_TYPE_RECTIFICATION) {
      leftovers.add(
          0, "alert/msgType", "is RECTIFICATION in the message; written as Update in CAP");
    }
    out.add(text("source", kept("source", isFromCap() ? "" : label.getSourceRef())));
    scope(out);
    out.add(text("addresses", kept("addresses", "")));
    for (String code : lines("code", kept("code", "")).all("code")) {
      out.add(text("code", code));
    }
    out.add(text("note", kept("note", "")));
    out.add(text("references", references()));
    out.add(text("incidents", kept("incidents", "")));
    out.addAll(infos());
    tellWhatIsLeft();
    return parent("alert", withoutEmpty(out));
  }

  /**
   * The origin, before the sender that the message states. So no agency writes a file in the name
   * of another: those who read CAP know an alert by its sender.
   */
  private String sender() {
    String stated = kept("sender", "");
    return stated.isEmpty() ? label.getOrigin() : ofOrigin(stated);
  }

  /** Alerts of the same origin alone: an update or cancellation is about what its sender sent. */
  private String references() {
    String stated = kept("references", "").strip();
    return stated.isEmpty()
        ? references
        : WORDS.splitAsStream(stated).map(this::ofOrigin).collect(Collectors.joining(" "));
  }

  private String ofOrigin(String stated) {
    return label.getOrigin().isEmpty() ? stated : label.getOrigin() + "/" + stated;
  }

  /** Whether it came from a CAP document, which then gives its identity. */
  private boolean isFromCap() {
    return alert.containsExtra(CapExtra.EXTRA + "identifier");
  }

  private String messageType() {
    return switch (label.getMessageType()) {
      // CAP has no other word for replacing a wrong alert.
      case MESSAGE_TYPE_RECTIFICATION -> "Update";
      case UNRECOGNIZED -> "Alert";
      default -> CapCodes.word(label.getMessageType().getValueDescriptor(), "Alert");
    };
  }

  private void scope(List<CapElement> out) {
    List<String> restrictions = restrictions();
    String scope = kept("scope", restrictions.isEmpty() ? "Public" : "Restricted");
    if (scope.equals("Public") && !restrictions.isEmpty()) {
      leftovers.add(
          0,
          "alert/scope",
          "is Public in the CAP document; written as Restricted because the label restricts it");
      scope = "Restricted";
    }
    out.add(text("scope", scope));
    String source = kept("restriction", "");
    if (!source.isEmpty()) {
      restrictions.add(source);
    }
    out.add(text("restriction", String.join("; ", restrictions)));
  }

  private List<String> restrictions() {
    boolean clear =
        label.getClassification() == Classification.CLASSIFICATION_UNCLASSIFIED
            && label.getClassificationScheme().isEmpty()
            && label.getHandlingCount() == 0
            && label.getMarkingsList().equals(List.of("TLP:CLEAR"));
    List<String> words = new ArrayList<>();
    if (clear) {
      return words;
    }
    words.add(CapCodes.word(label.getClassification().getValueDescriptor(), "Unclassified"));
    if (!label.getClassificationScheme().isEmpty()) {
      words.add(label.getClassificationScheme() + " " + label.getClassificationMarking());
    }
    words.addAll(label.getMarkingsList());
    for (Handling handling : label.getHandlingList()) {
      words.add(CapCodes.word(handling.getValueDescriptor(), "handling"));
    }
    if (!label.getHandlingText().isEmpty()) {
      words.add(label.getHandlingText());
    }
    return words;
  }

  private List<CapElement> infos() throws CapProblem {
    List<CapLines> blocks = blocks();
    List<CapElement> out = new ArrayList<>();
    if (blocks.isEmpty() && !isWithoutInfo()) {
      for (int i = 0; i < alert.getTextsCount(); i++) {
        out.add(info(i, new CapLines(List.of()), allAreas(), out.isEmpty()));
      }
    }
    for (CapLines block : blocks) {
      int at = index(block.first("text", "0"), alert.getTextsCount());
      if (at >= 0) {
        out.add(info(at, block, areasOf(block), out.isEmpty()));
      }
    }
    if (out.isEmpty()) {
      leftovers.add(
          0,
          "label",
          "has no place in an alert without an info block: "
              + parameters().stream()
                  .map(parameter -> parameter.textOf("valueName"))
                  .distinct()
                  .collect(Collectors.joining(", ")));
    }
    return out;
  }

  private List<CapLines> blocks() throws CapProblem {
    List<CapLines> blocks = new ArrayList<>();
    for (int i = 0; i < MOST_BLOCKS && alert.containsExtra(CapExtra.INFO + i); i++) {
      blocks.add(lines("info", CapExtra.get(alert, CapExtra.INFO + i, "")));
    }
    return blocks;
  }

  /** Bounds the lines of all kept text together, since the author of the message chooses it. */
  private CapLines lines(String element, String text) throws CapProblem {
    CapLines read =
        CapLines.read(text, MOST_LINES - lines)
            .orElseThrow(
                () ->
                    new CapProblem(
                        0,
                        "alert/" + element,
                        "has more than " + MOST_LINES + " stored values with those before it"));
    lines += read.entries().size();
    return read;
  }

  /**
   * Whether it is an acknowledgement or cancellation that had no block and has no further content.
   */
  private boolean isWithoutInfo() {
    String about = kept("references", kept("identifier", ""));
    AlertText none = CapText.withoutInfo(messageType(), about, kept("note", ""));
    return isFromCap() && alert.getAreasCount() == 0 && alert.getTextsList().equals(List.of(none));
  }

  private List<Integer> allAreas() {
    return IntStream.range(0, alert.getAreasCount()).boxed().toList();
  }

  private List<Integer> areasOf(CapLines kept) {
    if (kept.all("areas").isEmpty()) {
      return allAreas();
    }
    List<Integer> out = new ArrayList<>();
    // One more than a document can have, since each area is counted.
    for (String word : kept.first("areas", "").split(" ", CapDocument.MAX_ELEMENTS + 1)) {
      int at = index(word, alert.getAreasCount());
      if (at >= 0) {
        out.add(at);
      }
    }
    return out;
  }

  private CapElement info(int index, CapLines kept, List<Integer> areas, boolean first)
      throws CapProblem {
    AlertText text = alert.getTexts(index);
    List<CapElement> out = new ArrayList<>();
    out.add(text("language", said(kept, "language", CapText::language, text.getLanguage())));
    List<String> categories = kept.all("category");
    String category = CapCodes.category(label.getCategory());
    (categories.isEmpty() ? List.of(category) : categories)
        .forEach(word -> out.add(text("category", word)));
    String event = said(kept, "event", said -> CapText.line(said, ""), text.getEvent());
    out.add(text("event", event.isEmpty() ? categoryInWords() : event));
    kept.all("responseType").forEach(word -> out.add(text("responseType", word)));
    out.addAll(graded(kept));
    out.add(text("audience", kept.first("audience", "")));
    pairs("eventCode", kept, out);
    out.add(text("effective", kept.first("effective", "")));
    String onset = CapText.time(alert.getOnsetAt(), alert.hasOnsetAt() && kept.entries().isEmpty());
    out.add(text("onset", kept.first("onset", onset)));
    // The label's expires_at limits delivery, not the validity of the alert.
    out.add(text("expires", kept.first("expires", "")));
    out.addAll(words(kept, text));
    pairs("parameter", kept, out);
    if (first) {
      out.addAll(parameters());
    }
    resources(kept, out);
    Map<Integer, CapElement> made = new HashMap<>();
    for (int at : areas) {
      CapElement area =
          made.computeIfAbsent(at, i -> area(alert.getAreas(i), kept.below("area." + i + ".")));
      counted(area, out);
      writtenAreas.set(at);
    }
    writtenTexts.set(index);
    return parent("info", withoutEmpty(out));
  }

  /**
   * Adds an element to a block. The author of the message controls how many there are and how often
   * an area is repeated: a few bytes could request more than any memory holds.
   */
  private void counted(CapElement element, List<CapElement> out) throws CapProblem {
    elements += size(element);
    if (elements > CapDocument.MAX_ELEMENTS) {
      throw new CapProblem(
          0,
          "alert/info/" + element.name(),
          "would be repeated until the document has more than "
              + CapDocument.MAX_ELEMENTS
              + " elements");
    }
    out.add(element);
  }

  private static int size(CapElement element) {
    return 1 + element.children().stream().mapToInt(CapExport::size).sum();
  }

  private static List<CapElement> words(CapLines kept, AlertText text) {
    UnaryOperator<String> line = said -> CapText.line(said, "");
    UnaryOperator<String> headline = said -> CapText.line(said, text.getEvent());
    return List.of(
        text("senderName", said(kept, "senderName", line, text.getSenderName())),
        text("headline", said(kept, "headline", headline, text.getHeadline())),
        text("description", text.getDescription()),
        text("instruction", text.getInstruction()),
        text("web", text.getWeb().isEmpty() ? kept.first("web", "") : text.getWeb()),
        text("contact", kept.first("contact", "")));
  }

  /** The document's text, unless the message now differs from it. */
  private static String said(CapLines kept, String name, UnaryOperator<String> form, String now) {
    return kept.all(name).stream()
        .filter(said -> form.apply(said).equals(now))
        .findFirst()
        .orElse(now);
  }

  private List<CapElement> graded(CapLines kept) {
    String urgency = CapCodes.word(label.getUrgency().getValueDescriptor(), "Unknown");
    String severity = CapCodes.word(label.getSeverity().getValueDescriptor(), "Unknown");
    String certainty = CapCodes.word(label.getCertainty().getValueDescriptor(), "Unknown");
    return List.of(
        text("urgency", kept.first("urgency", urgency)),
        text("severity", kept.first("severity", severity)),
        text("certainty", kept.first("certainty", certainty)));
  }

  private String categoryInWords() {
    return CapCodes.word(label.getCategory().getValueDescriptor(), "Alert").replace('_', ' ');
  }

  /** Parameters that only Entente's gateways understand: the rest of the label and of the alert. */
  private List<CapElement> parameters() {
    return CapParameters.of(label, alert, isFromCap());
  }

  private void pairs(String name, CapLines kept, List<CapElement> out) throws CapProblem {
    for (Entry entry : kept.below(name + ".")) {
      counted(CapParameters.pair(name, entry.name(), entry.value()), out);
    }
  }

  private void resources(CapLines kept, List<CapElement> out) throws CapProblem {
    Map<String, List<CapElement>> byIndex = new LinkedHashMap<>();
    for (Entry entry : kept.below("resource.")) {
      int dot = entry.name().indexOf('.');
      if (dot > 0) {
        CapElement part = text(entry.name().substring(dot + 1), entry.value());
        byIndex
            .computeIfAbsent(entry.name().substring(0, dot), index -> new ArrayList<>())
            .add(part);
      }
    }
    for (List<CapElement> parts : byIndex.values()) {
      counted(parent("resource", parts), out);
    }
  }

  private CapElement area(Area area, List<Entry> kept) {
    List<CapElement> out = new ArrayList<>();
    CapLines lines = new CapLines(kept);
    out.add(text("areaDesc", place(area, lines)));
    area.getPolygonsList().forEach(shape -> out.add(text("polygon", shape)));
    area.getCirclesList().forEach(shape -> out.add(text("circle", shape)));
    List<Entry> codes = lines.below("geocode.");
    codes.forEach(code -> out.add(CapGeocode.of(code.name(), code.value())));
    if (codes.isEmpty()) {
      area.getGeocodesList().forEach(geocode -> out.add(CapGeocode.element(geocode)));
    }
    for (String height : List.of("altitude", "ceiling")) {
      lines.all(height).forEach(value -> out.add(text(height, value)));
    }
    return parent("area", withoutEmpty(out));
  }

  /** CAP requires a description of each area. */
  private String place(Area area, CapLines kept) {
    String words = said(kept, "areaDesc", CapText::place, area.getDescription());
    if (!words.isEmpty()) {
      return words;
    }
    leftovers.add(
        0, "alert/info/area/areaDesc", "the area has no name in the message; one is generated");
    return area.getGeocodesCount() > 0 ? area.getGeocodes(0) : "Area";
  }

  private void tellWhatIsLeft() {
    for (int i = 0; i < alert.getTextsCount(); i++) {
      if (!writtenTexts.get(i) && !isWithoutInfo()) {
        leftovers.add(0, "body.alert.texts[" + i + "]", "belongs to no block of the CAP document");
      }
    }
    for (int i = 0; i < alert.getAreasCount(); i++) {
      if (!writtenAreas.get(i)) {
        leftovers.add(0, "body.alert.areas[" + i + "]", "belongs to no block of the CAP document");
      }
    }
    for (String key : alert.getExtraMap().keySet()) {
      if (key.startsWith(CapExtra.EXTRA) && !CapExtra.isOne(key)) {
        leftovers.add(0, "body.alert.extra." + key, "is none of what CAP documents are kept in");
      }
    }
    // Acting on the file alone could ruin an operation.
    if (label.getRequestedActionValue() > RequestedAction.REQUESTED_ACTION_INFORM_VALUE) {
      leftovers.add(
          0,
          "label.requested_action",
          "CAP has no element for "
              + label.getRequestedAction()
              + ": readers who act on the file must follow its parameter entente:requested_action");
    }
  }

  private static List<CapElement> withoutEmpty(List<CapElement> elements) {
    return elements.stream()
        .filter(element -> !element.text().isEmpty() || !element.children().isEmpty())
        .toList();
  }

  private String kept(String name, String otherwise) {
    return CapExtra.get(alert, CapExtra.EXTRA + name, otherwise);
  }

  private static int index(String text, int count) {
    return text.matches("\\d{1,4}") && Integer.parseInt(text) < count ? Integer.parseInt(text) : -1;
  }
}
