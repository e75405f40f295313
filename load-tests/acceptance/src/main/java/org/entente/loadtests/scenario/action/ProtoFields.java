package org.entente.loadtests.scenario.action;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.Map;
import org.entente.gateway.bridge.format.WrittenMessage;

/** Protocol messages that files write field by field. */
public final class ProtoFields {
  private ProtoFields() {}

  /** Notes the problems of the fields. */
  public static void check(
      ScenarioCheck checking, String field, Message.Builder empty, Map<String, Object> values) {
    if (WrittenMessage.message(empty, values) instanceof WrittenMessage.Wrong<Message> wrong) {
      checking.problem(field + "." + wrong.field(), wrong.problem(), "");
    }
  }

  /**
   * Sets the fields of the file.
   *
   * @throws IllegalStateException if they are invalid, which is checked before the run
   */
  public static <B extends Message.Builder> B fill(B into, Map<String, Object> values) {
    if (WrittenMessage.message(into, values) instanceof WrittenMessage.Wrong<Message> wrong) {
      throw new IllegalStateException("checked before: " + wrong);
    }
    return into;
  }

  /** All fields, on one line. */
  public static String words(Message message) {
    return TextFormat.printer()
        .emittingSingleLine(true)
        .escapingNonAscii(false)
        .printToString(message)
        .strip();
  }
}
