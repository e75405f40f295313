package org.entente.gateway.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.entente.gateway.account.Work;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Threats 75, 90 and 93: every call that a running server offers is charged to the account of its
 * caller, whatever it is about; on the client port, with the price that the page of limits states.
 * A service that is added later is found by itself.
 */
class EveryCallIsChargedTest {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  @AutoClose private final Edge edge = new Edge();

  private static List<MethodDescriptor<?, ?>> methods(List<ServerServiceDefinition> services) {
    List<MethodDescriptor<?, ?>> methods = new ArrayList<>();
    for (ServerServiceDefinition service : services) {
      for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
        methods.add(method.getMethodDescriptor());
      }
    }
    return methods;
  }

  /** What calls cost, as {@code limits.md} states it. */
  private static Map<String, Long> prices() throws IOException {
    String page = Files.readString(Path.of("..", "..", "docs", "operate", "limits.md"));
    String section = page.substring(page.indexOf("### What calls cost"), page.indexOf("## Links"));
    Map<String, Long> prices = new HashMap<>();
    Matcher row = Pattern.compile("(?m)^\\| (\\d+) \\| (.*) \\|$").matcher(section);
    while (row.find()) {
      for (String calls : row.group(2).split(", ", -1)) {
        prices.put(calls.replace("`", ""), Long.valueOf(row.group(1)));
      }
    }
    return prices;
  }

  /** A row names a call, all of a service, all that begin so, or all others. */
  private static long price(Map<String, Long> prices, MethodDescriptor<?, ?> method) {
    String service = method.getFullMethodName().replaceFirst(".*\\.(\\w+)/.*", "$1");
    String call = service + "." + method.getBareMethodName();
    for (Map.Entry<String, Long> price : prices.entrySet()) {
      String named = price.getKey();
      if (named.equals(call)
          || named.equals(service)
          || (named.endsWith("*") && call.startsWith(named.substring(0, named.length() - 1)))) {
        return price.getValue();
      }
    }
    return Objects.requireNonNull(prices.get("all others"));
  }

  /**
   * Makes a call with an empty request, and gives it up once it was charged.
   *
   * @param price what it costs; 0 if its port has no prices
   */
  private static void assertCharged(
      ManagedChannel channel, MethodDescriptor<?, ?> method, Account account, long price) {
    long before = account.used(Holding.CALLS);
    long cost = price > 0 ? account.used(Work.CALL_COST) : 0;
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(method.getType())
                .setFullMethodName(method.getFullMethodName())
                .build(),
            CallOptions.DEFAULT);
    call.start(new ClientCall.Listener<>() {}, new Metadata());
    call.request(1);
    call.sendMessage(new byte[0]);
    call.halfClose();
    StreamAnswers.until(() -> account.used(Holding.CALLS) > before);
    assertEquals(before + 1, account.used(Holding.CALLS), method.getFullMethodName());
    if (price > 0) {
      StreamAnswers.until(() -> account.used(Work.CALL_COST) > cost);
      assertEquals(price, account.used(Work.CALL_COST) - cost, method.getFullMethodName());
    }
    call.cancel("seen", null);
  }

  @Test
  void everyCallOfTheClientPort_isChargedToItsClient() throws Exception {
    ClientServer server = edge.startClients();
    ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
    Account account = edge.accounts().of("all");
    List<MethodDescriptor<?, ?>> methods = methods(server.services());
    Map<String, Long> prices = prices();
    assertTrue(methods.size() > EveryCallTest.calls().size(), "health and reflection too");
    for (MethodDescriptor<?, ?> method : methods) {
      assertCharged(channel, method, account, price(prices, method));
    }
    assertEquals(1, account.held(Holding.CONNECTIONS));
    StreamAnswers.until(() -> account.held(Holding.CALLS) == 0);
  }

  @Test
  void everyCallOfThePeerPort_isChargedToItsAgency() throws Exception {
    PeerServer server = edge.startPeers();
    ManagedChannel channel =
        edge.channel(server.address(), edge.gateway("x.hub"), "X25519MLKEM768");
    Account account = edge.accounts().of("x.hub");
    List<MethodDescriptor<?, ?>> methods = methods(server.services());
    assertEquals(1, methods.size());
    for (MethodDescriptor<?, ?> method : methods) {
      assertCharged(channel, method, account, 0);
    }
    assertEquals(1, account.held(Holding.CONNECTIONS));
    StreamAnswers.until(() -> account.held(Holding.CALLS) == 0);
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
  }
}
