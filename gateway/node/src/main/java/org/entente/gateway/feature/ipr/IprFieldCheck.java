package org.entente.gateway.feature.ipr;

import com.google.protobuf.Message;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.entente.gateway.text.TextRule;
import org.jspecify.annotations.Nullable;

/**
 * Checks the fields of one request and keeps the first problem. Messages do not quote the values
 * found. Used by one thread.
 */
final class IprFieldCheck {
  private @Nullable Problem first;

  /** The first problem, or null. */
  @Nullable Problem problem() {
    return first;
  }

  boolean check(boolean holds, String field, String message) {
    if (!holds && first == null) {
      first = new Problem(Code.INVALID_FIELD, field, message);
    }
    return holds;
  }

  /** Refuses fields that this release would store unread. */
  void known(String field, Message message) {
    check(
        message.getUnknownFields().asMap().isEmpty(),
        field,
        "contains fields that this gateway does not know");
  }

  /** Checks an enum that must have a known value. */
  void choice(String field, ProtocolMessageEnum value) {
    // Generated enums have one constant, UNRECOGNIZED, that has no number.
    boolean known = !((Enum<?>) value).name().equals("UNRECOGNIZED");
    check(
        known && value.getNumber() != 0,
        field,
        "is required and must be a value that this gateway knows");
  }

  /** Checks one line of text that must not be blank. */
  void line(String field, String text, int most) {
    check(!text.isEmpty(), field, "is required");
    optionalLine(field, text, most);
  }

  /** Checks an optional line of text. */
  void optionalLine(String field, String text, int most) {
    length(field, text, most);
    shows(field, text, TextRule.LINE);
  }

  /** Checks an optional text of several lines. */
  void text(String field, String text, int most) {
    length(field, text, most);
    shows(field, text, TextRule.LINES);
  }

  /** Checks a list of lines and its size. */
  void lines(String field, List<String> lines, int least, int most, int length) {
    if (check(
        lines.size() >= least && lines.size() <= most,
        field,
        "must have " + least + " to " + most + " entries")) {
      lines.forEach(line -> line(field, line, length));
    }
  }

  /** The time of a past event; now if it is absent. */
  long past(String field, boolean said, Timestamp at, long now) {
    long millis = said ? time(field, at) : now;
    check(millis <= now, field, "must not be in the future");
    return millis;
  }

  /** A time from 1970 to 9999, in milliseconds since 1970. */
  long time(String field, Timestamp at) {
    boolean valid = Timestamps.isValid(at) && at.getSeconds() >= 0;
    check(valid, field, "must be a time from 1970 on");
    return valid ? Timestamps.toMillis(at) : 0;
  }

  private void length(String field, String text, int most) {
    check(
        text.length() <= most || text.codePointCount(0, text.length()) <= most,
        field,
        "must have at most " + most + " characters");
  }

  private void shows(String field, String text, TextRule rule) {
    rule.fault(text).ifPresent(fault -> check(false, field, fault.toString()));
  }
}
