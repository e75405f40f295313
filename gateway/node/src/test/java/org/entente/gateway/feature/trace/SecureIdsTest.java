package org.entente.gateway.feature.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where the ids of spans come from. */
class SecureIdsTest {
  /** Numbers that a test chooses. */
  private static final class Chosen extends SecureRandom {
    private static final long serialVersionUID = 1L;

    private final transient Deque<Long> numbers;

    Chosen(Long... numbers) {
      this.numbers = new ArrayDeque<>(List.of(numbers));
    }

    @Override
    public long nextLong() {
      return numbers.remove();
    }
  }

  @Test
  void ids_areOfTheGatewaysOwnRandomness_andNeverZero() {
    assertEquals("00000000000000ff", new SecureIds(new Chosen(0L, 255L)).generateSpanId());
    assertEquals(
        "0000000000000001ffffffffffffffff",
        new SecureIds(new Chosen(1L, 0L, -1L)).generateTraceId());
  }
}
