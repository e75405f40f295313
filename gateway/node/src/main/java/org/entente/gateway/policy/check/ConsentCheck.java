package org.entente.gateway.policy.check;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.subject.CodedText;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentDenied;
import org.entente.proto.v1.ConsentGranted;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.ConsentRevoked;
import org.entente.proto.v1.Purpose;

/** Checks notices of consent against the comments in message.proto. */
record ConsentCheck(ValidationErrors findings) {
  /** Longest reason in characters. */
  static final int REASON = 500;

  /** The longest time for which consent can be requested. */
  static final Duration LONGEST = Duration.ofDays(365);

  private static final int MAX_MESSAGES = 16;
  private static final int MAX_AGENCIES = 64;
  private static final int MAX_JURISDICTIONS = 16;
  private static final int MAX_PURPOSES = 7;
  private static final int MAX_STATEMENT = 4_096;
  private static final int MAX_VOUCHER = 16_384;

  /** The same limit as for a draft's sources. */
  private static final int MAX_CARRIED = 64;

  /** Checks the consents that travel with a message that is passed on. */
  void carried(String field, List<CarriedConsent> consents) {
    if (findings.count(field, consents.size(), MAX_CARRIED)) {
      for (CarriedConsent one : consents) {
        findings.known(field, one);
        int size = one.getStatement().size();
        findings.check(
            size > 0 && size <= MAX_STATEMENT,
            field + ".statement",
            "must have 1 to " + MAX_STATEMENT + " bytes");
        findings.check(
            one.getVoucher().size() <= MAX_VOUCHER,
            field + ".voucher",
            "must have at most " + MAX_VOUCHER + " bytes");
      }
    }
  }

  void notice(String field, ConsentNotice notice) {
    findings.known(field, notice);
    switch (notice.getStepCase()) {
      case ASKED -> asked(field + ".asked.", notice.getAsked());
      case GRANTED -> granted(field + ".granted", notice.getGranted());
      case DENIED -> denied(field + ".denied", notice.getDenied());
      case REVOKED -> revoked(field + ".revoked", notice.getRevoked());
      case STEP_NOT_SET ->
          findings.invalid(field, "must name a step: asked, granted, denied or revoked");
    }
  }

  /**
   * Checks a request for consent.
   *
   * @param prefix put before the names of fields
   */
  void asked(String prefix, ConsentAsked asked) {
    List<ByteString> ids = asked.getMessageIdsList();
    findings.check(!ids.isEmpty(), prefix + "message_ids", "must name at least one message");
    if (findings.count(prefix + "message_ids", ids.size(), MAX_MESSAGES)) {
      ids.forEach(id -> id(prefix + "message_ids", id));
      findings.noRepeats(prefix + "message_ids", ids);
    }
    findings.check(
        asked.getAgenciesCount() + asked.getJurisdictionsCount() > 0,
        prefix + "agencies",
        "is required: agencies or jurisdictions");
    agencies(prefix + "agencies", asked.getAgenciesList());
    jurisdictions(prefix + "jurisdictions", asked.getJurisdictionsList());
    purposes(prefix + "purposes", asked.getPurposesList());
    findings.check(asked.hasUntil(), prefix + "until", "is required");
    findings.time(prefix + "until", asked.getUntil());
    findings.requiredLine(prefix + "reason", asked.getReason(), REASON);
  }

  /** Checks that a time lies in the future and within the longest time. */
  void until(String field, Timestamp until, Instant now) {
    findings.time(field, until);
    long seconds = until.getSeconds();
    findings.check(seconds > now.getEpochSecond(), field, "must be in the future");
    findings.check(
        seconds <= now.plus(LONGEST).getEpochSecond(),
        field,
        "must be at most " + LONGEST.toDays() + " days from now");
  }

  private void agencies(String field, List<String> names) {
    if (!findings.count(field, names.size(), MAX_AGENCIES)) {
      return;
    }
    for (String name : names) {
      try {
        AgencyName unused = new AgencyName(name);
      } catch (InvalidValue e) {
        findings.invalid(field, String.valueOf(e.getMessage()));
      }
    }
    findings.noRepeats(field, names);
  }

  private void jurisdictions(String field, List<String> codes) {
    if (findings.count(field, codes.size(), MAX_JURISDICTIONS)) {
      codes.forEach(code -> findings.requiredCoded(field, code, CodedText.COUNTRY));
      findings.noRepeats(field, codes);
    }
  }

  private void purposes(String field, List<Purpose> purposes) {
    findings.check(!purposes.isEmpty(), field, "must name at least one purpose");
    if (findings.count(field, purposes.size(), MAX_PURPOSES)) {
      purposes.forEach(purpose -> findings.required(field, purpose));
      findings.noRepeats(field, purposes);
    }
  }

  private void granted(String field, ConsentGranted granted) {
    findings.known(field, granted);
    int size = granted.getStatement().size();
    findings.check(
        size > 0 && size <= MAX_STATEMENT,
        field + ".statement",
        "must have 1 to " + MAX_STATEMENT + " bytes");
  }

  private void denied(String field, ConsentDenied denied) {
    findings.known(field, denied);
    id(field + ".consent_id", denied.getConsentId());
    findings.requiredLine(field + ".reason", denied.getReason(), REASON);
    findings.check(denied.hasAt(), field + ".at", "is required");
    findings.time(field + ".at", denied.getAt());
  }

  private void revoked(String field, ConsentRevoked revoked) {
    findings.known(field, revoked);
    id(field + ".consent_id", revoked.getConsentId());
    findings.requiredLine(field + ".reason", revoked.getReason(), REASON);
    findings.check(revoked.hasAt(), field + ".at", "is required");
    findings.time(field + ".at", revoked.getAt());
  }

  private void id(String field, ByteString id) {
    findings.check(id.size() == MessageId.SIZE, field, "must have 16 bytes");
  }
}
