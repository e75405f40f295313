package org.entente.gateway.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.joran.spi.JoranException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.entente.gateway.testkit.HostileText;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Threat 64: hostile text through the encoder that the gateway's own configuration names. */
class LogLinesTest {
  private final LoggerContext context = new LoggerContext();
  private Encoder<ILoggingEvent> encoder;
  private Encoder<ILoggingEvent> textEncoder;

  @BeforeEach
  void configure() throws JoranException {
    textEncoder = configured("text");
    encoder = configured("json");
    textEncoder.start();
  }

  private Encoder<ILoggingEvent> configured(String format) throws JoranException {
    context.reset();
    context.setMDCAdapter(new LogbackMDCAdapter());
    context.putProperty("ENTENTE_LOG_FORMAT", format);
    JoranConfigurator joran = new JoranConfigurator();
    joran.setContext(context);
    joran.doConfigure(configuration());
    ConsoleAppender<ILoggingEvent> console =
        (ConsoleAppender<ILoggingEvent>)
            context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDERR");
    assertNotNull(console);
    return console.getEncoder();
  }

  private static URL configuration() {
    URL url = LogLinesTest.class.getResource("/logback.xml");
    assertNotNull(url);
    return url;
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  private String line(Throwable thrown, String... arguments) {
    return new String(encoder.encode(event(thrown, arguments)), StandardCharsets.UTF_8);
  }

  private LoggingEvent event(Throwable thrown, String... arguments) {
    Logger logger = context.getLogger(LogLinesTest.class);
    LoggingEvent event = new LoggingEvent("test", logger, Level.WARN, "from {}", thrown, arguments);
    event.setInstant(Instant.parse("2026-03-01T08:00:00.5Z"));
    return event;
  }

  /** As text, only the first line of an event begins without a tab. */
  @Test
  void hostileText_isOneLineOfText_andItsExceptionStaysBehindTabs() {
    for (String hostile : HostileText.ALL) {
      String text =
          new String(
              textEncoder.encode(event(new IllegalStateException(hostile), hostile)),
              StandardCharsets.UTF_8);
      List<String> lines = text.lines().toList();
      assertTrue(
          lines.get(0).startsWith("2026-03-01T08:00:00.500Z WARN  LogLinesTest: from "), text);
      lines.stream().skip(1).forEach(line -> assertTrue(line.startsWith("\t"), text));
      assertEquals(List.of(), HostileText.steering(text.replace("\t", "")), text);
    }
  }

  @Test
  void hostileText_isOneLineOfJson_thatShowsAllOfIt_andSteersNoTerminal() throws IOException {
    for (String hostile : HostileText.ALL) {
      String line = line(new IllegalStateException(hostile), hostile);
      assertEquals(line.length() - 1, line.indexOf('\n'), line);
      line.strip()
          .codePoints()
          .forEach(
              point ->
                  assertTrue(
                      point >= 0x20 && point < 0x7f, () -> "%04x in %s".formatted(point, line)));
      JsonNode json = new ObjectMapper().readTree(line);
      assertEquals("2026-03-01T08:00:00.500Z", json.get("time").asText());
      assertEquals("WARN", json.get("level").asText());
      assertEquals("from " + hostile, json.get("formattedMessage").asText());
      assertEquals(hostile, json.get("throwable").get("message").asText());
    }
  }

  @Test
  void textOfPeople_staysReadable() {
    for (String name : List.of("Zoë Müller", "Ελένη", "Žižka", "محمد", "देवी", "王芳", "🚢")) {
      assertTrue(line(new IllegalStateException(), name).contains("from " + name), name);
    }
  }

  /** Half a surrogate pair is no text; it must not end up as the start of another. */
  @Test
  void loneSurrogate_isOneLine() throws IOException {
    String line = line(new IllegalStateException(), "half \ud83d of a ship");
    assertEquals(line.length() - 1, line.indexOf('\n'), line);
    assertTrue(new ObjectMapper().readTree(line).get("formattedMessage").asText().endsWith("ship"));
  }
}
