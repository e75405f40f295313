package org.entente.gateway.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What must not happen: the first of it ends the run. Errors that the gateways log count too, but
 * for a ledger that stops because its disk failed, and a node that has not heard from a witness
 * since much time passed at once, which is what they should do.
 */
final class Violations {
  private static final String STOPS = "the ledger stops";
  private static final String NOT_READY = "not ready";
  private static final String FROZEN = "ALARM: fewer than ";
  private static final String LEAPT = "the clock jumped forward";

  private @Nullable AssertionError first;
  private boolean conflicts;
  private boolean lostLogs;

  /** From now on lanes may be stopped because numbers and contents disagree. */
  void expectConflicts() {
    conflicts = true;
  }

  /** From now on witnesses may find that a log does not go on where it was, and nodes say so. */
  void expectLostLogs() {
    lostLogs = true;
    conflicts = true;
  }

  void add(String what, @Nullable Throwable cause) {
    if (first == null) {
      first = new AssertionError(what + (cause == null ? "" : ": " + cause), cause);
    }
  }

  boolean any() {
    return first != null;
  }

  void check() {
    if (first != null) {
      throw first;
    }
  }

  /** Listens to the log until the task returned is run; nothing of it is printed meanwhile. */
  Runnable listen() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level level = root.getLevel();
    boolean print = Boolean.getBoolean("entente.simulation.log");
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            String said = event.getFormattedMessage();
            if (print) {
              System.err.println(event.getLevel() + " " + said);
            }
            if (event.getLevel() == Level.ERROR
                && !said.startsWith(STOPS)
                && !said.startsWith(NOT_READY)
                && !said.startsWith(FROZEN)
                && !said.startsWith(LEAPT)
                && !(conflicts && said.contains("SEQUENCE_CONFLICT"))
                && !(lostLogs && said.startsWith("ALARM AUDIT_LOG"))) {
              Throwable cause =
                  event.getThrowableProxy() instanceof ThrowableProxy proxy
                      ? proxy.getThrowable()
                      : null;
              add(said, cause);
            }
          }
        };
    appender.setContext(root.getLoggerContext());
    appender.start();
    var others = root.iteratorForAppenders();
    var kept = new java.util.ArrayList<ch.qos.logback.core.Appender<ILoggingEvent>>();
    others.forEachRemaining(kept::add);
    kept.forEach(root::detachAppender);
    root.addAppender(appender);
    root.setLevel(print ? Level.INFO : Level.ERROR);
    return () -> {
      root.detachAppender(appender);
      kept.forEach(root::addAppender);
      root.setLevel(level);
    };
  }
}
