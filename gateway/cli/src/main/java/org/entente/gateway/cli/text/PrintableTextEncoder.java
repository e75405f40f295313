package org.entente.gateway.cli.text;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/**
 * Encoder of log events for people: time in UTC, level, class and message in a line, in which every
 * character is visible. The lines of an exception follow, each after a tab, so that no text can
 * pass for another event.
 */
public final class PrintableTextEncoder extends EncoderBase<ILoggingEvent> {
  private static final byte[] NONE = new byte[0];

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
    String logger = event.getLoggerName();
    StringBuilder text =
        new StringBuilder(
            "%s %-5s %s: %s%n"
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
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
