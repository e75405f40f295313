package org.entente.gateway.rpc.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Problem;
import org.junit.jupiter.api.Test;

/** The sizes of pages, and what a page says of the next. */
class PageLimitsTest {
  private static final PageLimits LIMITS = new PageLimits(2, 3);

  private static List<Integer> first(int stored, int most) {
    return IntStream.range(0, Math.min(stored, most)).boxed().toList();
  }

  @Test
  void page_ofAllThereIs_saysThatNoneFollows_andOfOneLessThatMoreDo() {
    PageLimits.Page<Integer> all = LIMITS.page(3, most -> first(3, most));
    assertEquals(List.of(0, 1, 2), all.entries());
    assertFalse(all.more());
    PageLimits.Page<Integer> less = LIMITS.page(3, most -> first(4, most));
    assertEquals(List.of(0, 1, 2), less.entries());
    assertTrue(less.more());
  }

  @Test
  void size_notGiven_isTheUsualOne() {
    assertEquals(List.of(0, 1), LIMITS.page(0, most -> first(9, most)).entries());
  }

  @Test
  void size_aboveTheMost_orBeyondInt_isRefusedByItsField() {
    assertEquals(Optional.empty(), LIMITS.problem(3));
    for (int asked : new int[] {4, -1}) {
      assertEquals(
          Optional.of(new Problem(Code.INVALID_FIELD, "page_size", "must be at most 3")),
          LIMITS.problem(asked));
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class, () -> LIMITS.page(asked, most -> first(9, most)));
      assertEquals(Code.INVALID_FIELD, StatusMapper.code(refused));
    }
  }
}
