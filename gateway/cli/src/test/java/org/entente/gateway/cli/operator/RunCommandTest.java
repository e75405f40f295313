package org.entente.gateway.cli.operator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.entente.gateway.cli.RootCommand;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** What a running node's log consists of. */
class RunCommandTest {
  private static final String NAME = "io.grpc.test";

  private static final java.util.logging.Logger CHANNELS =
      java.util.logging.Logger.getLogger("io.grpc");

  private final Logger logger = (Logger) LoggerFactory.getLogger(NAME);
  private final ListAppender<ILoggingEvent> seen = new ListAppender<>();

  @BeforeEach
  void listen() {
    // A command that called a gateway in this machine before has silenced it, as it should.
    CHANNELS.setLevel(null);
    seen.start();
    logger.addAppender(seen);
  }

  @AfterEach
  void restore() {
    logger.detachAppender(seen);
    SLF4JBridgeHandler.uninstall();
  }

  /** All commands are loaded with the one that runs a gateway. */
  @Test
  void commandLine_loaded_silencesNothing() {
    assertFalse(RootCommand.commandLine().getSubcommands().isEmpty());
    RunCommand.logGrpc();
    java.util.logging.Logger.getLogger(NAME).warning("a stream was reset");
    assertEquals(1, seen.list.size());
  }

  @Test
  void logGrpc_warningOfJavasOwnLogging_goesWhereEverythingGoes() {
    RunCommand.logGrpc();

    java.util.logging.Logger.getLogger(NAME).warning("a stream was reset");

    assertEquals(1, seen.list.size());
    assertEquals(Level.WARN, seen.list.get(0).getLevel());
    assertEquals("a stream was reset", seen.list.get(0).getFormattedMessage());
  }
}
