package org.entente.loadtests.isolation;

import java.util.concurrent.TimeUnit;

/**
 * What a member with a valid certificate does to another's port of peers. {@link HostileMember}
 * repeats it, over new connections where the old ones were closed.
 */
enum Attack {
  /** Connects and never begins TLS: threat 23. */
  SILENT_CONNECTIONS {
    @Override
    void burst(RawConnection connection) {}

    @Override
    int connections() {
      return MANY;
    }
  },
  /** Opens connections up to every limit and leaves them idle: threats 75 and 90. */
  IDLE_CONNECTIONS {
    @Override
    void burst(RawConnection connection) {}

    @Override
    int connections() {
      return MANY;
    }
  },
  /** Begins large messages and does not send the rest: threat 74. */
  HALF_MESSAGES {
    @Override
    void burst(RawConnection connection) throws InterruptedException {
      for (int stream = 1; stream < 2 * STREAMS; stream += 2) {
        connection.call(stream);
        connection.beginMessage(stream, LARGE, STARTED);
      }
      TimeUnit.MILLISECONDS.sleep(QUIET_MILLIS);
      connection.close();
    }
  },
  /** Opens calls and resets them: threat 25. */
  RESETS {
    @Override
    void burst(RawConnection connection) {
      for (int stream = 1; stream < 2 * FRAMES && connection.isOpen(); stream += 2) {
        connection.call(stream);
        connection.send(RawConnection.RST_STREAM, stream, CANCEL);
      }
      connection.close();
    }
  },
  /** Sends frames that carry nothing: threat 91. */
  CHEAP_FRAMES {
    @Override
    void burst(RawConnection connection) {
      connection.call(1);
      for (int i = 0; i < FRAMES && connection.isOpen(); i++) {
        connection.send(RawConnection.PRIORITY, 3, new byte[5]);
        connection.send(RawConnection.DATA, 1, new byte[0]);
        connection.send(RawConnection.SETTINGS, 0, new byte[0]);
      }
      connection.close();
    }
  };

  private static final int QUIET_MILLIS = 20;
  private static final int MANY = 200;
  private static final int FEW = 4;
  private static final int STREAMS = 8;
  private static final int LARGE = 30 << 20;
  private static final int STARTED = 4_000;
  private static final int FRAMES = 5_000;
  private static final byte[] CANCEL = {0, 0, 0, 8};

  /** Acts once on a connection, which may be closed meanwhile. */
  abstract void burst(RawConnection connection) throws InterruptedException;

  /** How many connections it holds open at a time. */
  int connections() {
    return FEW;
  }
}
