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
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Holding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Threats 75 and 90: every call that a running server offers is charged to the account of its
 * caller, whatever it is about. A service that is added later is found by itself.
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

  private final Edge edge = new Edge();

  @AfterEach
  void stop() {
    edge.close();
  }

  private static List<MethodDescriptor<?, ?>> methods(List<ServerServiceDefinition> services) {
    List<MethodDescriptor<?, ?>> methods = new ArrayList<>();
    for (ServerServiceDefinition service : services) {
      for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
        methods.add(method.getMethodDescriptor());
      }
    }
    return methods;
  }

  /** Makes a call with an empty request, and gives it up once it was charged. */
  private static void assertCharged(
      ManagedChannel channel, MethodDescriptor<?, ?> method, Account account) {
    long before = account.used(Holding.CALLS);
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
    call.cancel("seen", null);
  }

  @Test
  void everyCallOfTheClientPort_isChargedToItsClient() throws Exception {
    ClientServer server = edge.startClients();
    ManagedChannel channel = edge.channel(server.address(), edge.client("all"));
    Account account = edge.accounts().of("all");
    List<MethodDescriptor<?, ?>> methods = methods(server.services());
    assertTrue(methods.size() > EveryCallTest.calls().size(), "health and reflection too");
    for (MethodDescriptor<?, ?> method : methods) {
      assertCharged(channel, method, account);
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
      assertCharged(channel, method, account);
    }
    assertEquals(1, account.held(Holding.CONNECTIONS));
    StreamAnswers.until(() -> account.held(Holding.CALLS) == 0);
    StreamAnswers.until(() -> account.held(Holding.BUFFERED_BYTES) == 0);
  }
}
