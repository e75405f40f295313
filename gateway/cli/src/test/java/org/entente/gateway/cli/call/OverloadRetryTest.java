package org.entente.gateway.cli.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.entente.gateway.link.Backoff;
import org.entente.gateway.seal.SeededRandom;
import org.junit.jupiter.api.Test;

/** Calls of long lists that a gateway refuses for the moment. */
class OverloadRetryTest {
  private final List<Duration> pauses = new ArrayList<>();
  private int calls;

  private final OverloadRetry retry =
      new OverloadRetry(
          new Backoff(ResumedStream.PAUSES, new SeededRandom("overload")), pauses::add);

  private static StatusRuntimeException refused(String reason) {
    return StatusProto.toStatusRuntimeException(
        Status.newBuilder()
            .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
            .addDetails(Any.pack(ErrorInfo.newBuilder().setReason(reason).build()))
            .build());
  }

  private Supplier<String> refusing(int times, String reason) {
    return () -> {
      calls++;
      if (calls <= times) {
        throw refused(reason);
      }
      return "page";
    };
  }

  @Test
  void overloadedGateway_isAskedAgain_afterPausesThatGrow() {
    assertEquals("page", retry.call(refusing(4, "OVERLOADED")));
    assertEquals(5, calls);
    assertEquals(4, pauses.size());
    assertTrue(pauses.get(3).compareTo(pauses.get(0)) > 0, pauses::toString);
  }

  @Test
  void pageThatCame_beginsWithTheShortestPauseAgain() {
    assertEquals("page", retry.call(refusing(6, "OVERLOADED")));
    calls = 0;
    pauses.clear();
    assertEquals("page", retry.call(refusing(1, "OVERLOADED")));
    assertTrue(pauses.get(0).compareTo(ResumedStream.PAUSES.shortest()) <= 0, pauses::toString);
  }

  @Test
  void otherRefusal_isFinal() {
    assertThrows(StatusRuntimeException.class, () -> retry.call(refusing(1, "STORAGE_FULL")));
    assertEquals(1, calls);
    assertEquals(List.of(), pauses);
  }

  @Test
  void gatewayThatStaysOverloaded_endsTheCommand() {
    assertThrows(
        StatusRuntimeException.class, () -> retry.call(refusing(Integer.MAX_VALUE, "OVERLOADED")));
    assertEquals(OverloadRetry.MOST, calls);
  }
}
