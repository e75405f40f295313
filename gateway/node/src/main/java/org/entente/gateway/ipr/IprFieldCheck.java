package org.entente.gateway.ipr;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.ProtocolMessageEnum;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.util.List;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Problem;
import org.entente.gateway.text.TextRule;
import org.jspecify.annotations.Nullable;

/**
 * Checks the fields of one request, and keeps the first problem. Messages quote nothing of what was
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

  /** Refuses what this release would keep unread. */
  void known(String field, Message message) {
    check(
        message.getUnknownFields().asMap().isEmpty(),
        field,
        "holds fields that this gateway does not know");
  }

  /** A value that must be one of those that there are. */
  void choice(String field, ProtocolMessageEnum value) {
    // Generated enums have one constant, UNRECOGNIZED, that has no number.
    boolean known = !((Enum<?>) value).name().equals("UNRECOGNIZED");
    check(known && value.getNumber() != 0, field, "is required, and one that this gateway knows");
  }

  /** One line of text that must not be blank. */
  void line(String field, String text, int most) {
    check(!text.isEmpty(), field, "is required");
    optionalLine(field, text, most);
  }

  /** One line of text, or none. */
  void optionalLine(String field, String text, int most) {
    length(field, text, most);
    shows(field, text, TextRule.LINE);
  }

  /** Text of several lines, or none. */
  void text(String field, String text, int most) {
    length(field, text, most);
    shows(field, text, TextRule.LINES);
  }

  /** Lines of text, as many as are allowed. */
  void lines(String field, List<String> lines, int least, int most, int length) {
    if (check(
        lines.size() >= least && lines.size() <= most,
        field,
        "has " + least + " to " + most + " entries")) {
      lines.forEach(line -> line(field, line, length));
    }
  }

  /** The time of something that has happened; now where nothing is said. */
  long past(String field, boolean said, Timestamp at, long now) {
    long millis = said ? time(field, at) : now;
    check(millis <= now, field, "is not later than now");
    return millis;
  }

  /** A time from 1970 to 9999, in milliseconds since 1970. */
  long time(String field, Timestamp at) {
    boolean valid = Timestamps.isValid(at) && at.getSeconds() >= 0;
    check(valid, field, "is a time from 1970 on");
    return valid ? Timestamps.toMillis(at) : 0;
  }

  /** An id that must be there; one of zeros where it is not. */
  MessageId id(String field, ByteString bytes) {
    boolean valid = bytes.size() == MessageId.SIZE;
    check(valid, field, "has 16 bytes");
    return MessageId.of(valid ? bytes.toByteArray() : new byte[MessageId.SIZE]);
  }

  private void length(String field, String text, int most) {
    check(
        text.length() <= most || text.codePointCount(0, text.length()) <= most,
        field,
        "has at most " + most + " characters");
  }

  private void shows(String field, String text, TextRule rule) {
    rule.fault(text).ifPresent(fault -> check(false, field, fault.toString()));
  }
}
