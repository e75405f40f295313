package org.entente.gateway.cli.text;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.entente.gateway.model.EnumNames;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.ConsentTerms;
import org.entente.proto.v1.GivenConsent;
import org.entente.proto.v1.Purpose;

/**
 * Texts for people about consents. Not printable unchanged: they contain text of peers and clients.
 */
public final class ConsentText {
  private ConsentText() {}

  /** The consents under which a message was passed on, one per line. */
  public static List<String> of(List<GivenConsent> consents) {
    return consents.stream()
        .map(
            one ->
                "passed on with consent of "
                    + one.getOriginator()
                    + ", given on "
                    + Timestamps.toString(one.getGivenAt())
                    + ", until "
                    + Timestamps.toString(one.getUntil())
                    + ", for "
                    + one.getPurposesList().stream().map(EnumNames::word).toList())
        .toList();
  }

  /** A notice, as one line. */
  public static String of(ConsentNotice notice) {
    return switch (notice.getStepCase()) {
      case ASKED -> "CONSENT asked for " + of(notice.getAsked());
      case GRANTED -> "CONSENT granted" + statement(notice.getGranted().getStatement());
      case DENIED ->
          "CONSENT %s denied: %s"
              .formatted(
                  MessageText.hex(notice.getDenied().getConsentId()),
                  notice.getDenied().getReason());
      case REVOKED ->
          "CONSENT %s revoked: %s"
              .formatted(
                  MessageText.hex(notice.getRevoked().getConsentId()),
                  notice.getRevoked().getReason());
      case STEP_NOT_SET -> "CONSENT of a later release";
    };
  }

  private static String statement(ByteString bytes) {
    return ConsentStatement.parse(bytes.toByteArray())
        .map(ConsentStatement::content)
        .map(
            content ->
                ": %s until %s"
                    .formatted(
                        content.id(),
                        Timestamps.toString(Timestamps.fromMillis(content.terms().untilMs()))))
        .orElse("");
  }

  /** What was asked: the messages, the terms and the reason. */
  public static String of(ConsentAsked asked) {
    String messages =
        asked.getMessageIdsList().stream().map(MessageText::hex).collect(Collectors.joining(", "));
    return messages
        + " "
        + terms(
            asked.getAgenciesList(),
            asked.getJurisdictionsList(),
            asked.getPurposesList(),
            asked.getUntil())
        + ": "
        + asked.getReason();
  }

  /** The terms of a consent. */
  public static String of(ConsentTerms terms) {
    return terms(
        terms.getAgenciesList(),
        terms.getJurisdictionsList(),
        terms.getPurposesList(),
        terms.getUntil());
  }

  private static String terms(
      List<String> agencies, List<String> jurisdictions, List<Purpose> purposes, Timestamp until) {
    List<String> whom = new ArrayList<>(agencies);
    whom.addAll(jurisdictions);
    String what = purposes.stream().map(EnumNames::word).collect(Collectors.joining(", "));
    return "to %s for %s until %s"
        .formatted(String.join(", ", whom), what, Timestamps.toString(until));
  }
}
