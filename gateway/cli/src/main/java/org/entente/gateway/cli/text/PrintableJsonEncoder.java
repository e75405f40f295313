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

  /** Writes time, message, exception and where it was logged; no context, markers or arguments. */
  public PrintableJsonEncoder() {
    json.setWithContext(false);
    json.setWithTimestamp(false);
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
    // JsonEncoder has the time as a number only.
    String object = new String(json.encode(event), StandardCharsets.UTF_8).strip().substring(1);
    return ("{\"time\":\"" + event.getInstant() + "\"," + TerminalText.escaped(object) + "\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
