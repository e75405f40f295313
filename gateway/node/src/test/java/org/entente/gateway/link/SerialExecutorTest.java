package org.entente.gateway.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Context;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
  @Test
  void tasks_fromManyThreads_runOneAtATimeInTheOrderOfEach() throws Exception {
    ExecutorService workers = Executors.newFixedThreadPool(4);
    SerialExecutor serial = new SerialExecutor(workers, defect -> {});
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<List<Integer>> orders =
        IntStream.range(0, 4).<List<Integer>>mapToObj(t -> new ArrayList<>()).toList();
    CountDownLatch done = new CountDownLatch(4000);
    for (int t = 0; t < 4; t++) {
      List<Integer> order = orders.get(t);
      new Thread(
              () -> {
                for (int i = 0; i < 1000; i++) {
                  int n = i;
                  serial.execute(
                      () -> {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        order.add(n);
                        running.decrementAndGet();
                        done.countDown();
                      });
                }
              })
          .start();
    }
    assertTrue(done.await(30, TimeUnit.SECONDS));
    workers.shutdown();
    assertEquals(1, most.get());
    List<Integer> inOrder = IntStream.range(0, 1000).boxed().toList();
    assertEquals(Collections.nCopies(4, inOrder), orders);
  }

  @Test
  void manyTasks_giveOthersTheirTurn() {
    Queue<Runnable> workers = new ArrayDeque<>();
    SerialExecutor busy = new SerialExecutor(workers::add, defect -> {});
    List<String> ran = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      busy.execute(() -> ran.add("busy"));
    }
    new SerialExecutor(workers::add, defect -> {}).execute(() -> ran.add("urgent"));
    while (!workers.isEmpty()) {
      workers.remove().run();
    }
    assertEquals(201, ran.size());
    assertTrue(ran.indexOf("urgent") < 100);
  }

  @Test
  void errorOfTheMachine_inATask_doesNotStopThoseBehindIt() {
    Queue<Runnable> workers = new ArrayDeque<>();
    SerialExecutor serial = new SerialExecutor(workers::add, defect -> {});
    List<String> ran = new ArrayList<>();
    serial.execute(
        () -> {
          throw new NoClassDefFoundError("for this test");
        });
    serial.execute(() -> ran.add("next"));
    assertThrows(NoClassDefFoundError.class, () -> workers.remove().run());
    while (!workers.isEmpty()) {
      workers.remove().run();
    }
    serial.execute(() -> ran.add("later"));
    while (!workers.isEmpty()) {
      workers.remove().run();
    }
    assertEquals(List.of("next", "later"), ran);
  }

  @Test
  void defect_inATask_isReportedAndTheNextRuns() {
    List<RuntimeException> defects = new ArrayList<>();
    SerialExecutor serial = new SerialExecutor(Runnable::run, defects::add);
    IllegalStateException defect = new IllegalStateException("defect");
    List<String> ran = new ArrayList<>();
    serial.execute(
        () -> {
          throw defect;
        });
    serial.execute(() -> ran.add("next"));
    assertEquals(List.of(defect), defects);
    assertEquals(List.of("next"), ran);
    serial.execute(
        () -> {
          throw new StackOverflowError();
        });
    serial.execute(() -> ran.add("after it"));
    assertEquals(2, defects.size());
    assertEquals(List.of("next", "after it"), ran);
  }

  @Test
  void workers_shutDown_dropTasksQuietly() {
    SerialExecutor serial =
        new SerialExecutor(
            task -> {
              throw new RejectedExecutionException();
            },
            defect -> {});
    List<String> ran = new ArrayList<>();
    serial.execute(() -> ran.add("never"));
    serial.execute(() -> ran.add("never"));
    assertEquals(List.of(), ran);
  }

  /** A thread that sends one message of its own must not be kept by what others queue. */
  @Test
  void oneTaskForThisThread_leavesTheNextToTheWorkers() {
    Queue<Runnable> workers = new ArrayDeque<>();
    SerialExecutor serial = new SerialExecutor(workers::add, defect -> {});
    List<String> ran = new ArrayList<>();
    serial.executeOneHere(() -> ran.add("alone"));
    assertEquals(List.of("alone"), ran);
    assertTrue(workers.isEmpty());

    serial.executeOneHere(
        () -> {
          ran.add("first");
          serial.execute(() -> ran.add("second"));
        });
    assertEquals(List.of("alone", "first"), ran);
    assertEquals(1, workers.size());
    serial.executeOneHere(() -> ran.add("third"));
    workers.remove().run();
    assertEquals(List.of("alone", "first", "second", "third"), ran);
    assertTrue(workers.isEmpty());
  }

  @Test
  void taskForThisThread_runsOnIt_withoutTheCallsContext_unlessAnotherRuns() {
    Queue<Runnable> workers = new ArrayDeque<>();
    SerialExecutor serial = new SerialExecutor(workers::add, defect -> {});
    Context.Key<String> call = Context.key("call");
    List<String> ran = new ArrayList<>();
    Context.current()
        .withValue(call, "of the peer")
        .run(
            () ->
                serial.executeHere(
                    () -> {
                      serial.executeHere(() -> ran.add("second"));
                      ran.add("first, call " + call.get());
                    }));
    assertEquals(List.of("first, call null", "second"), ran);
    serial.execute(() -> ran.add("third"));
    serial.executeHere(() -> ran.add("fourth"));
    assertEquals(2, ran.size());
    workers.remove().run();
    assertEquals(List.of("third", "fourth"), ran.subList(2, 4));
    assertEquals(0, workers.size());
  }
}
