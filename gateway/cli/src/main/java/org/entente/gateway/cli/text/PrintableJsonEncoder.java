package org.entente.gateway.cli.text;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/**
 * Encoder of log events as lines of JSON in which every character is visible. It escapes characters
 * that a terminal or a line reader could take for a command, a line break or a change of direction.
 * {@link JsonEncoder} escapes ASCII controls only: U+009B could steer a terminal, U+2028 end a
 * line, and U+202E reverse the text that follows.
 */
public final class PrintableJsonEncoder extends EncoderBase<ILoggingEvent> {
  private final JsonEncoder json = new JsonEncoder();

  /** Writes message, exception and where it was logged; no context, markers or arguments. */
  public PrintableJsonEncoder() {
    json.setWithContext(false);
    json.setWithArguments(false);
    json.setWithMarkers(false);
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithFormattedMessage(true);
    json.setWithMessage(false);
  }

  @Override
  public void start() {
    json.setContext(getContext());
    json.start();
    super.start();
  }

  @Override
  public void stop() {
    json.stop();
    super.stop();
  }

  @Override
  public byte[] headerBytes() {
    return json.headerBytes();
  }

  @Override
  public byte[] footerBytes() {
    return json.footerBytes();
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    String line = new String(json.encode(event), StandardCharsets.UTF_8);
    StringBuilder out = null;
    int at = 0;
    while (at < line.length()) {
      int point = line.codePointAt(at);
      int next = at + Character.charCount(point);
      boolean end = point == '\n' && next == line.length();
      if (!end && !isPrintable(point)) {
        out = out == null ? new StringBuilder(line.length() + 64).append(line, 0, at) : out;
        escape(out, line, at, next);
      } else if (out != null) {
        out.appendCodePoint(point);
      }
      at = next;
    }
    return (out == null ? line : out.toString()).getBytes(StandardCharsets.UTF_8);
  }

  /** In JSON, characters beyond ASCII stand in strings only, where escapes mean the same. */
  private static void escape(StringBuilder out, String line, int from, int to) {
    for (int i = from; i < to; i++) {
      out.append(String.format("\\u%04X", (int) line.charAt(i)));
    }
  }

  private static boolean isPrintable(int point) {
    if (point < 0x7f) {
      return point >= 0x20;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
