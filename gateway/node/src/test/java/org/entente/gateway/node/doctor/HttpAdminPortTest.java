package org.entente.gateway.node.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.entente.gateway.admin.AdminServer;
import org.entente.gateway.admin.Readiness;
import org.entente.gateway.meter.Meters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HttpAdminPortTest {
  private static final String HELLO = "HTTP/1.1 200 OK\r\nServer: other\r\n\r\n";

  private final HttpAdminPort port = new HttpAdminPort();

  @Test
  void pages_ofAGateway_areRead_withTheirStatus() throws Exception {
    Readiness full =
        new Readiness() {
          @Override
          public List<String> obstacles() {
            return List.of("ledger: the disk is full");
          }

          @Override
          public boolean leads() {
            return true;
          }

          @Override
          public List<String> warnings() {
            return List.of();
          }
        };
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (AdminServer server = AdminServer.start(any, new Meters(), full)) {
      InetSocketAddress at =
          InetSocketAddress.createUnresolved("localhost", server.address().getPort());
      assertEquals(
          new AdminPort.Answer(503, "ledger: the disk is full\n"), port.get(at, "/readyz"));
      assertEquals(new AdminPort.Answer(200, "alive\n"), port.get(server.address(), "/healthz"));
    }
  }

  @Test
  void programThatIsNoHttpServer_isNone() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ScheduledExecutorService program = Executors.newSingleThreadScheduledExecutor();
      try {
        var unused = program.submit(() -> say(other, "SSH-2.0-other\r\n\r\n"));
        assertThrows(IOException.class, () -> port.get(at(other), "/readyz"));
      } finally {
        program.shutdownNow();
      }
    }
  }

  private static int say(ServerSocket other, String text) throws IOException {
    try (Socket socket = other.accept()) {
      int asked = socket.getInputStream().read();
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();
      // Unread bytes would reset the connection.
      while (socket.getInputStream().read() >= 0) {
        asked++;
      }
      return asked;
    }
  }

  /** The sixth look: a program that sends a byte now and then held doctor for ever. */
  @Test
  @Timeout(60)
  void programThatDripsBytes_isGivenUp() throws Exception {
    for (String first : List.of("", HELLO)) {
      ScheduledExecutorService program = Executors.newSingleThreadScheduledExecutor();
      try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        var unused = program.submit(() -> drip(program, other.accept(), first));
        HttpAdminPort patient = new HttpAdminPort(Duration.ofMillis(300));
        assertThrows(SocketTimeoutException.class, () -> patient.get(at(other), "/readyz"));
      } finally {
        program.shutdownNow();
      }
    }
  }

  private static boolean drip(ScheduledExecutorService program, Socket socket, String first)
      throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(first.getBytes(StandardCharsets.US_ASCII));
    var unused =
        program.scheduleAtFixedRate(
            () -> {
              try {
                out.write('x');
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            },
            0,
            10,
            TimeUnit.MILLISECONDS);
    return true;
  }

  private static InetSocketAddress at(ServerSocket other) {
    return new InetSocketAddress(other.getInetAddress(), other.getLocalPort());
  }
}
