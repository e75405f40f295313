package org.entente.gateway.cli.text;

import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/**
 * Encoder of log events in which every character is visible: as lines of JSON, or as text for
 * people. It escapes characters that a terminal or a line reader could take for a command, a line
 * break or a change of direction. {@link JsonEncoder} escapes ASCII controls only: U+009B could
 * steer a terminal, U+2028 end a line, and U+202E reverse the text that follows.
 *
 * <p>As text an event has time in UTC, level, class and message in a line. The lines of an
 * exception follow, each after a tab, so that no text can pass for another event.
 */
public final class PrintableLogEncoder extends EncoderBase<ILoggingEvent> {
  private static final byte[] NONE = new byte[0];
  private static final String TEXT = "text";

  private final JsonEncoder json = new JsonEncoder();
  private boolean asText;

  /** Writes time, message, exception and where it was logged; no context, markers or arguments. */
  public PrintableLogEncoder() {
    json.setWithContext(false);
    json.setWithTimestamp(false);
    json.setWithArguments(false);
    json.setWithMarkers(false);
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithFormattedMessage(true);
    json.setWithMessage(false);
  }

  /**
   * Selects the form; JSON by default.
   *
   * @param format {@code text}, or else JSON
   */
  public void setFormat(String format) {
    asText = format.equals(TEXT);
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
    return NONE;
  }

  @Override
  public byte[] footerBytes() {
    return NONE;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return (asText ? text(event) : json(event)).getBytes(StandardCharsets.UTF_8);
  }

  private String json(ILoggingEvent event) {
    // JsonEncoder has the time as a number only.
    String object = new String(json.encode(event), StandardCharsets.UTF_8).strip().substring(1);
    return "{\"time\":\"" + event.getInstant() + "\"," + TerminalText.escaped(object) + "\n";
  }

  private static String text(ILoggingEvent event) {
    String logger = event.getLoggerName();
    StringBuilder text =
        new StringBuilder(
            "%s %-5s %s: %s\n"
                .formatted(
                    event.getInstant(),
                    event.getLevel(),
                    logger.substring(logger.lastIndexOf('.') + 1),
                    TerminalText.escaped(event.getFormattedMessage())));
    if (event.getThrowableProxy() != null) {
      ThrowableProxyUtil.asString(event.getThrowableProxy())
          .lines()
          .map(String::strip)
          .forEach(line -> text.append('\t').append(TerminalText.escaped(line)).append('\n'));
    }
    return text.toString();
  }
}
