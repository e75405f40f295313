package org.entente.loadtests.scenario.action;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.Map;
import org.entente.gateway.bridge.format.WrittenMessage;

/** A message of the protocol that a file writes down field by field. */
public final class ProtoFields {
  private ProtoFields() {}

  /** Notes what is wrong with it. */
  public static void check(
      ScenarioCheck checking, String field, Message.Builder empty, Map<String, Object> values) {
    if (WrittenMessage.message(empty, values) instanceof WrittenMessage.Wrong<Message> wrong) {
      checking.problem(field + "." + wrong.field(), wrong.problem(), "");
    }
  }

  /**
   * Sets what the file says.
   *
   * @throws IllegalStateException if that is not possible, which is checked before anything runs
   */
  public static <B extends Message.Builder> B fill(B into, Map<String, Object> values) {
    if (WrittenMessage.message(into, values) instanceof WrittenMessage.Wrong<Message> wrong) {
      throw new IllegalStateException("checked before: " + wrong);
    }
    return into;
  }

  /** All that it says, in one line. */
  public static String words(Message message) {
    return TextFormat.printer()
        .emittingSingleLine(true)
        .escapingNonAscii(false)
        .printToString(message)
        .strip();
  }
}
