package org.entente.gateway.admin;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.entente.gateway.meter.Meters;
import org.junit.jupiter.api.Test;

/** What one caller of the admin port may hold, and for how long. */
class AdminLimitsTest {
  private static final String REQUEST = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final AtomicInteger requests = new AtomicInteger();

  /** A connection whose requests are counted, and not answered. */
  private EmbeddedChannel connection() {
    EmbeddedChannel connection = new EmbeddedChannel();
    connection.freezeTime();
    AdminServer.serve(
        connection.pipeline(),
        new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object request) {
            requests.incrementAndGet();
            ReferenceCountUtil.release(request);
          }
        });
    return connection;
  }

  private static void write(EmbeddedChannel connection, String bytes) {
    connection.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.US_ASCII));
  }

  private static void pass(EmbeddedChannel connection, long millis) {
    connection.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    connection.runScheduledPendingTasks();
  }

  /** The seventh look: 64 of these kept all others from the port. */
  @Test
  void requestThatDrips_isGivenUp() {
    EmbeddedChannel connection = connection();
    for (int second = 0; second < 10; second++) {
      assertTrue(connection.isOpen());
      write(connection, REQUEST.substring(second, second + 1));
      pass(connection, 1_000);
    }
    assertFalse(connection.isOpen());
    assertEquals(0, requests.get());
  }

  @Test
  void answerThatIsNotTaken_isGivenUp_whateverElseIsAsked() {
    EmbeddedChannel connection = connection();
    pass(connection, 9_999);
    write(connection, REQUEST);
    pass(connection, 20_000);
    write(connection, REQUEST);
    assertTrue(connection.isOpen());
    pass(connection, 9_999);
    assertTrue(connection.isOpen());
    pass(connection, 1);
    assertFalse(connection.isOpen());
  }

  @Test
  void endlessAnswer_hasNoDeadline() {
    EmbeddedChannel connection = connection();
    write(connection, REQUEST);
    var unused = connection.pipeline().remove(ExchangeDeadline.class);
    pass(connection, 3_600_000);
    assertTrue(connection.isOpen());
  }

  @Test
  void requestThatIsTooLarge_closesItsConnection() {
    EmbeddedChannel connection = connection();
    write(
        connection,
        "POST /console/enter HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n");
    assertTrue(written(connection).startsWith("HTTP/1.1 413"));
    assertFalse(connection.isOpen());
    assertEquals(0, requests.get());
  }

  private static String written(EmbeddedChannel connection) {
    ByteBuf out = requireNonNull(connection.readOutbound());
    String text = out.toString(StandardCharsets.UTF_8);
    out.release();
    return text;
  }

  /** Callers that leave before they are answered leave no endless queue behind. */
  @Test
  void requestsThatWait_areBounded_andOneMoreIsTurnedAway() throws Exception {
    CountDownLatch busy = new CountDownLatch(AdminPages.THREADS);
    CountDownLatch end = new CountDownLatch(1);
    AdminPages pages = request -> new AdminPages.Answer.Page(200, Map.of(), "");
    try (HostedPages hosted = HostedPages.of(pages, Optional::empty)) {
      for (int i = 0; i < AdminPages.THREADS + HostedPages.WAITING; i++) {
        hosted
            .workers()
            .execute(
                () -> {
                  busy.countDown();
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
        if (i == AdminPages.THREADS - 1) {
          assertTrue(busy.await(20, TimeUnit.SECONDS));
        }
      }
      EmbeddedChannel connection = new EmbeddedChannel();
      AdminServer.serve(
          connection.pipeline(),
          new AdminHandler("localhost", new Meters(), readiness(), Optional.of(hosted)));
      write(connection, "GET /console/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertTrue(written(connection).startsWith("HTTP/1.1 503"));
      assertFalse(connection.isOpen());

      EmbeddedChannel monitoring = new EmbeddedChannel();
      AdminServer.serve(
          monitoring.pipeline(),
          new AdminHandler("localhost", new Meters(), readiness(), Optional.of(hosted)));
      write(monitoring, REQUEST);
      assertTrue(written(monitoring).startsWith("HTTP/1.1 200"));
      assertNull(connection.readInbound());
      end.countDown();
    }
  }

  private static Readiness readiness() {
    return new Readiness() {
      @Override
      public List<String> obstacles() {
        return List.of();
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
  }
}
