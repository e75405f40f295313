package org.entente.gateway.bridge.cap;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.entente.gateway.bridge.cap.CapLines.Entry;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapCodes;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.CapSchema;
import org.entente.gateway.bridge.format.DraftLimits;
import org.entente.gateway.bridge.format.PrintableText;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Area;
import org.entente.proto.v1.Certainty;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Severity;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Urgency;

/**
 * Converts a CAP alert to a draft, to which a mapping adds the fields that CAP lacks.
 *
 * <p>Texts, areas, status, type, urgency, severity and certainty (the highest of all blocks) go to
 * their fields in {@code entente.v1}. Blocks that differ only in areas share a text; areas that are
 * equal in blocks of several languages are stored once. Everything else is stored unchanged in the
 * alert's {@code extra} ({@link CapExtra}): {@code cap.<element>} for the alert, {@code
 * cap.info.<n>} as {@link CapLines} for each block. A text that the message changes is also stored
 * there. {@link CapExport} restores all of it. Parts that are not carried at all are reported with
 * the draft.
 */
public final class CapImport {
  public static final String OURS = "entente:";
  static final String OUR_EXTRA = "entente:extra:";
  static final String OUR_SUBJECT = "entente:subject";

  /** Elements of a block that are kept as they are. */
  static final List<String> KEPT_OF_INFO =
      List.of("category", "responseType", "audience", "effective", "expires", "contact");

  /** A draft, with the parts of the document that it changes or omits. */
  public record ImportResult(Draft draft, List<UnmappedValue> unmapped) {}

  private static final int MOST_TEXTS = most(Alert.TEXTS_FIELD_NUMBER);
  private static final int MOST_AREAS = most(Alert.AREAS_FIELD_NUMBER);
  private static final Pattern TOO_EXACT = Pattern.compile("(\\.\\d{12})\\d+");
  private static final Pattern WEB = Pattern.compile("https?://\\S{1,990}");

  private final CapElement cap;
  private final int line;
  private final UnmappedCollector leftovers = new UnmappedCollector();
  private final Label.Builder label = Label.newBuilder().setKind(Kind.KIND_ALERT);
  private final Alert.Builder alert = Alert.newBuilder();

  /** Different texts and areas with their places in the message. */
  private final Map<AlertText, Integer> texts = new LinkedHashMap<>();

  private final Map<CapElement, Integer> areas = new LinkedHashMap<>();

  private CapImport(CapAlert alert) {
    this.cap = alert.element();
    this.line = alert.line();
    leftovers.addAll(alert.unmapped());
  }

  private static int most(int field) {
    return DraftLimits.most(Alert.getDescriptor().findFieldByNumber(field));
  }

  /** The draft without the fields that CAP lacks, and the parts that are not carried. */
  public static ImportResult read(CapAlert alert) throws CapProblem {
    CapImport reading = new CapImport(alert);
    return new ImportResult(reading.draft(), reading.leftovers.list());
  }

  /** The alert as {@code source} for a mapping's expressions. */
  public static Map<String, Object> source(CapAlert alert) {
    Map<String, Object> source =
        new LinkedHashMap<>(alert.element().toMap(CapSchema.of(alert.version())));
    source.put("namespace", alert.version().namespace());
    return source;
  }

  private Draft draft() throws CapProblem {
    label
        .setStatus(CapCodes.status(cap.textOf("status")))
        .setMessageType(CapCodes.messageType(cap.textOf("msgType")));
    keepAlert();
    List<CapElement> infos = cap.all("info");
    for (CapElement info : infos) {
      raise(info);
    }
    for (int i = 0; i < infos.size(); i++) {
      info(infos.get(i), i, infos.size() > 1);
    }
    alert.addAllTexts(texts.isEmpty() ? List.of(textWithoutInfo()) : texts.keySet());
    for (CapElement area : areas.keySet()) {
      alert.addAreas(area(area));
    }
    label.setPersonalData(alert.getSubjectsList().stream().anyMatch(Subject::hasPerson));
    Draft.Builder draft = Draft.newBuilder().setIdempotencyKey(key()).setLabel(label);
    draft.getBodyBuilder().setAlert(alert);
    return draft.build();
  }

  private void keepAlert() {
    for (String name : CapExtra.KEPT) {
      List<String> values = cap.textsOf(name);
      if (name.equals("code") && !values.isEmpty()) {
        List<Entry> entries = values.stream().map(value -> new Entry("code", value)).toList();
        CapExtra.put(alert, CapExtra.EXTRA + name, new CapLines(entries).write());
      } else if (!values.isEmpty()) {
        CapExtra.put(alert, CapExtra.EXTRA + name, values.get(0));
      }
    }
  }

  /** The label has one severity for all blocks: the highest. */
  private void raise(CapElement info) {
    Severity severity = CapCodes.severity(info.textOf("severity"));
    Urgency urgency = CapCodes.urgency(info.textOf("urgency"));
    Certainty certainty = CapCodes.certainty(info.textOf("certainty"));
    label
        .setSeverityValue(Math.max(label.getSeverityValue(), severity.getNumber()))
        .setUrgencyValue(Math.max(label.getUrgencyValue(), urgency.getNumber()))
        .setCertaintyValue(Math.max(label.getCertaintyValue(), certainty.getNumber()));
  }

  private void info(CapElement info, int index, boolean several) throws CapProblem {
    List<Entry> kept = new ArrayList<>();
    for (String name : KEPT_OF_INFO) {
      info.textsOf(name).forEach(value -> kept.add(new Entry(name, value)));
    }
    keepDifferences(info, kept);
    AlertText text = text(info, kept);
    int textIndex = indexIn(texts, text, MOST_TEXTS, "alert/info");
    List<String> areaIndexes = new ArrayList<>();
    Set<String> different = new HashSet<>();
    for (CapElement area : info.all("area")) {
      String areaIndex = String.valueOf(indexIn(areas, area, MOST_AREAS, "alert/info/area"));
      if (different.add(areaIndex)) {
        keepOfArea(area, "area." + areaIndex + ".", kept);
      }
      areaIndexes.add(areaIndex);
    }
    if (several || areaIndexes.size() > areas.size()) {
      kept.add(new Entry("text", String.valueOf(textIndex)));
      kept.add(new Entry("areas", String.join(" ", areaIndexes)));
    }
    pairs(info, "eventCode", kept);
    parameters(info, kept);
    resources(info, kept);
    CapExtra.put(alert, CapExtra.INFO + index, new CapLines(kept).write());
  }

  private void keepOfArea(CapElement area, String prefix, List<Entry> kept) {
    String said = area.textOf("areaDesc");
    if (!CapText.place(said).equals(said)) {
      kept.add(new Entry(prefix + "areaDesc", said));
      tooLong("alert/info/area/areaDesc", said);
    }
    for (String height : List.of("altitude", "ceiling")) {
      area.textsOf(height).forEach(value -> kept.add(new Entry(prefix + height, value)));
    }
    List<CapElement> codes = area.all("geocode");
    if (!codes.stream().allMatch(CapGeocode::fits)) {
      for (CapElement code : codes) {
        String name = prefix + "geocode." + code.textOf("valueName");
        kept.add(new Entry(name, code.textOf("value")));
      }
    }
  }

  private void tooLong(String path, String said) {
    leftovers.add(
        line,
        path,
        "has " + said.length() + " characters: cut in the message, stored in full in its extra");
  }

  private void keepDifferences(CapElement info, List<Entry> kept) {
    String severity = CapCodes.word(label.getSeverity().getValueDescriptor(), "");
    String urgency = CapCodes.word(label.getUrgency().getValueDescriptor(), "");
    String certainty = CapCodes.word(label.getCertainty().getValueDescriptor(), "");
    keepIfOther(info, "severity", severity, kept);
    keepIfOther(info, "urgency", urgency, kept);
    keepIfOther(info, "certainty", certainty, kept);
    String onset = info.textOf("onset");
    if (!onset.isEmpty()) {
      if (!alert.hasOnsetAt()) {
        alert.setOnsetAt(Timestamps.fromMillis(instant(onset).toEpochMilli()));
      }
      kept.add(new Entry("onset", onset));
    }
  }

  private static void keepIfOther(CapElement info, String name, String ofLabel, List<Entry> kept) {
    if (!info.textOf(name).equals(ofLabel)) {
      kept.add(new Entry(name, info.textOf(name)));
    }
  }

  private AlertText text(CapElement info, List<Entry> kept) {
    String event = line(info, "event", "", kept);
    AlertText.Builder text =
        AlertText.newBuilder()
            .setLanguage(CapText.language(info.textOf("language")))
            .setHeadline(line(info, "headline", event, kept))
            .setDescription(info.textOf("description"))
            .setInstruction(info.textOf("instruction"))
            .setEvent(event)
            .setSenderName(line(info, "senderName", "", kept));
    if (info.textOf("language").isEmpty()) {
      kept.add(new Entry("language", ""));
    }
    String web = info.textOf("web");
    if (WEB.matcher(web).matches()) {
      text.setWeb(web);
    } else if (!web.isEmpty()) {
      kept.add(new Entry("web", web));
    }
    return text.build();
  }

  /** The text as one line; the original is stored if it differs. */
  private String line(CapElement info, String name, String absent, List<Entry> kept) {
    String said = info.textOf(name);
    String text = CapText.line(said, absent);
    if (!text.equals(said)) {
      kept.add(new Entry(name, said));
    }
    if (text.endsWith("…") && !said.isEmpty() && !said.endsWith("…")) {
      tooLong("alert/info/" + name, said);
    }
    return text;
  }

  /** Acknowledgements and cancellations may have no block. */
  private AlertText textWithoutInfo() {
    String about = cap.textOf("references", cap.textOf("identifier"));
    return CapText.withoutInfo(cap.textOf("msgType"), about, cap.textOf("note"));
  }

  private Area area(CapElement area) {
    Area.Builder out = Area.newBuilder().setDescription(CapText.place(area.textOf("areaDesc")));
    area.textsOf("polygon").forEach(shape -> out.addPolygons(shape("polygon", shape)));
    area.textsOf("circle").forEach(shape -> out.addCircles(shape("circle", shape)));
    for (CapElement code : area.all("geocode")) {
      if (CapGeocode.fits(code)) {
        out.addGeocodes(CapGeocode.text(code));
      }
    }
    return out.build();
  }

  /** Drops digits beyond a millionth of a millimetre, which some writers produce. */
  private String shape(String name, String text) {
    String out = TOO_EXACT.matcher(text).replaceAll("$1");
    if (!out.equals(text)) {
      leftovers.add(
          line,
          "alert/info/area/" + name,
          "digits beyond the twelfth after the point are left out");
    }
    return out;
  }

  private static void pairs(CapElement info, String name, List<Entry> kept) {
    for (CapElement pair : info.all(name)) {
      kept.add(new Entry(name + "." + pair.textOf("valueName"), pair.textOf("value")));
    }
  }

  /** Restores parameters that {@link CapExport} wrote to their fields. */
  private void parameters(CapElement info, List<Entry> kept) throws CapProblem {
    for (CapElement parameter : info.all("parameter")) {
      String name = parameter.textOf("valueName");
      String value = parameter.textOf("value");
      String key = name.startsWith(OUR_EXTRA) ? name.substring(OUR_EXTRA.length()) : CapExtra.EXTRA;
      if (!key.startsWith(CapExtra.EXTRA) && !alert.containsExtra(key)) {
        alert.putExtra(key, value);
      } else if (name.equals(OUR_SUBJECT)) {
        alert.addSubjects(subject(value));
      } else if (!name.startsWith(OURS)) {
        kept.add(new Entry("parameter." + name, value));
      } else {
        leftovers.add(
            line,
            "alert/info/parameter",
            PrintableText.quote(name) + " must be set again by each sender of the alert; left out");
      }
    }
  }

  private Subject subject(String json) throws CapProblem {
    try {
      Subject.Builder subject = Subject.newBuilder();
      JsonFormat.parser().merge(json, subject);
      return subject.build();
    } catch (InvalidProtocolBufferException e) {
      throw new CapProblem(
          line,
          "alert/info/parameter",
          OUR_SUBJECT + " must be an entente.v1.Subject in protobuf JSON: " + e.getMessage());
    }
  }

  private static void resources(CapElement info, List<Entry> kept) {
    int index = 0;
    for (CapElement resource : info.all("resource")) {
      for (CapElement part : resource.children()) {
        kept.add(new Entry("resource." + index + "." + part.name(), part.text()));
      }
      index++;
    }
  }

  /** Refuses more than a message holds before they are compared or kept. */
  private <T> int indexIn(Map<T, Integer> places, T element, int most, String path)
      throws CapProblem {
    Integer known = places.get(element);
    if (known != null) {
      return known;
    }
    if (places.size() == most) {
      throw new CapProblem(
          line, path, "has more than " + most + " different ones; at most " + most);
    }
    places.put(element, places.size());
    return places.size() - 1;
  }

  /** CAP identifies an alert by its sender, identifier and time. */
  private String key() {
    String identity =
        String.join(",", cap.textOf("sender"), cap.textOf("identifier"), cap.textOf("sent"));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return "cap:" + HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Instant instant(String time) {
    return OffsetDateTime.parse(time).toInstant();
  }
}
