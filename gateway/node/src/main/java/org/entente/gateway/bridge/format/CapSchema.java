package org.entente.gateway.bridge.format;

import static org.entente.gateway.bridge.format.CapSchema.Occurs.ANY;
import static org.entente.gateway.bridge.format.CapSchema.Occurs.AT_LEAST_ONE;
import static org.entente.gateway.bridge.format.CapSchema.Occurs.ONE;
import static org.entente.gateway.bridge.format.CapSchema.Occurs.OPTIONAL;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The allowed content of a CAP element, in the order in which CAP 1.2 (OASIS, section 3.4) requires
 * it to be written. {@link #V1_1} states the two differences of CAP 1.1.
 *
 * @param slots children in order
 */
public record CapSchema(List<Slot> slots) {

  /** How often a child occurs. */
  public enum Occurs {
    ONE,
    OPTIONAL,
    ANY,
    AT_LEAST_ONE;

    public boolean required() {
      return this == ONE || this == AT_LEAST_ONE;
    }

    public boolean many() {
      return this == ANY || this == AT_LEAST_ONE;
    }
  }

  /**
   * One child.
   *
   * @param form the required form of its text
   * @param type its content if it is not text
   */
  public record Slot(String name, Occurs occurs, CapForm form, @Nullable CapSchema type) {
    Slot(String name, Occurs occurs, CapForm form) {
      this(name, occurs, form, null);
    }

    Slot(String name, Occurs occurs, CapSchema type) {
      this(name, occurs, CapForm.TEXT, type);
    }
  }

  /** The {@code alert} element of CAP 1.2. */
  public static final CapSchema V1_2 = alert(ONE, CapForm.CERTAINTY);

  /**
   * The {@code alert} element of CAP 1.1: media types are optional, certainty "Very Likely" is
   * valid.
   */
  static final CapSchema V1_1 = alert(OPTIONAL, CapForm.CERTAINTY_1_1);

  public static CapSchema of(CapVersion version) {
    return version == CapVersion.V1_1 ? V1_1 : V1_2;
  }

  private static CapSchema alert(Occurs mimeType, CapForm certainty) {
    return new CapSchema(
        List.of(
            new Slot("identifier", ONE, CapForm.TOKEN),
            new Slot("sender", ONE, CapForm.TOKEN),
            new Slot("sent", ONE, CapForm.TIME),
            new Slot("status", ONE, CapForm.STATUS),
            new Slot("msgType", ONE, CapForm.MESSAGE_TYPE),
            new Slot("source", OPTIONAL, CapForm.TEXT),
            new Slot("scope", ONE, CapForm.SCOPE),
            new Slot("restriction", OPTIONAL, CapForm.TEXT),
            new Slot("addresses", OPTIONAL, CapForm.TEXT),
            new Slot("code", ANY, CapForm.TEXT),
            new Slot("note", OPTIONAL, CapForm.TEXT),
            new Slot("references", OPTIONAL, CapForm.TEXT),
            new Slot("incidents", OPTIONAL, CapForm.TEXT),
            new Slot("info", ANY, info(mimeType, certainty))));
  }

  private static CapSchema info(Occurs mimeType, CapForm certainty) {
    return new CapSchema(
        List.of(
            new Slot("language", OPTIONAL, CapForm.LANGUAGE),
            new Slot("category", AT_LEAST_ONE, CapForm.CATEGORY),
            new Slot("event", ONE, CapForm.TEXT),
            new Slot("responseType", ANY, CapForm.RESPONSE_TYPE),
            new Slot("urgency", ONE, CapForm.URGENCY),
            new Slot("severity", ONE, CapForm.SEVERITY),
            new Slot("certainty", ONE, certainty),
            new Slot("audience", OPTIONAL, CapForm.TEXT),
            new Slot("eventCode", ANY, pair()),
            new Slot("effective", OPTIONAL, CapForm.TIME),
            new Slot("onset", OPTIONAL, CapForm.TIME),
            new Slot("expires", OPTIONAL, CapForm.TIME),
            new Slot("senderName", OPTIONAL, CapForm.TEXT),
            new Slot("headline", OPTIONAL, CapForm.TEXT),
            new Slot("description", OPTIONAL, CapForm.TEXT),
            new Slot("instruction", OPTIONAL, CapForm.TEXT),
            new Slot("web", OPTIONAL, CapForm.TEXT),
            new Slot("contact", OPTIONAL, CapForm.TEXT),
            new Slot("parameter", ANY, pair()),
            new Slot("resource", ANY, resource(mimeType)),
            new Slot("area", ANY, area())));
  }

  private static CapSchema pair() {
    return new CapSchema(
        List.of(
            new Slot("valueName", ONE, CapForm.TEXT),
            new Slot("value", ONE, CapForm.TEXT_OR_NOTHING)));
  }

  private static CapSchema resource(Occurs mimeType) {
    return new CapSchema(
        List.of(
            new Slot("resourceDesc", ONE, CapForm.TEXT),
            new Slot("mimeType", mimeType, CapForm.TEXT),
            new Slot("size", OPTIONAL, CapForm.WHOLE_NUMBER),
            new Slot("uri", OPTIONAL, CapForm.TEXT),
            new Slot("derefUri", OPTIONAL, CapForm.TEXT),
            new Slot("digest", OPTIONAL, CapForm.TEXT)));
  }

  private static CapSchema area() {
    return new CapSchema(
        List.of(
            new Slot("areaDesc", ONE, CapForm.TEXT),
            new Slot("polygon", ANY, CapForm.POLYGON),
            new Slot("circle", ANY, CapForm.CIRCLE),
            new Slot("geocode", ANY, pair()),
            new Slot("altitude", OPTIONAL, CapForm.NUMBER),
            new Slot("ceiling", OPTIONAL, CapForm.NUMBER)));
  }
}
