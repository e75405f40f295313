package org.entente.gateway.store;

import java.io.IOException;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The files of a folder on the other machines of a cluster. A name is one of this machine's folder;
 * the caller writes a file by one thread at a time. Calls wait for the other machines, for a
 * limited time. Safe for many threads.
 */
public interface FileMirror {
  /** That of a gateway on one machine: its own disk is all there is. */
  FileMirror ALONE = new Alone(() -> {});

  /** Whether there are other machines. */
  boolean isShared();

  /**
   * Makes sure that the folder of this machine is the one in which it keeps files.
   *
   * @throws IOException if its disk may not be mounted; nothing may be written there then
   */
  void requireHere() throws IOException;

  /**
   * Changes a file of this machine, which no other machine changes meanwhile.
   *
   * @throws IOException if another machine leads: then it may have changed the file, and this
   *     change is not made
   */
  void change(String name, Runnable change) throws IOException;

  /**
   * Makes a file of other machines equal to this one's. On return most machines, this one included,
   * have it durably.
   *
   * @throws IOException if too few have it yet
   */
  void copy(String name) throws IOException;

  /** The same on every machine that answers in time; returns whether all have it now. */
  boolean copyToAll(String name);

  /**
   * Continues a file with what another machine has of it from an offset on, so that nothing is
   * missing that {@link #copy} has ever copied. The bytes may have been written without that, too.
   *
   * @param most length that the file may have afterwards
   * @throws IOException if too few machines answer to know, or one does not give what it has
   */
  void resume(String name, long from, long most) throws IOException;

  /**
   * Whether this machine has a file with this SHA-256 and length; takes it from another one if it
   * can.
   *
   * @param replaceable whether it can be had again from elsewhere: then the word of most machines
   *     that they lack it is enough, otherwise that of all
   * @throws IOException if too few machines answer to know, or those that have it do not give it
   */
  boolean restore(String name, byte[] sha256, long length, boolean replaceable) throws IOException;

  /**
   * Removes files of other machines that are not kept.
   *
   * @return names that every other machine has which answered
   */
  Set<String> retain(Predicate<String> kept);

  /** Runs a task that may take long on a thread of the mirror. */
  void background(Runnable task);

  /** Makes sure that a folder is the one in which a machine keeps files. */
  interface FolderCheck {
    /** As {@link FileMirror#requireHere}. */
    void requireHere() throws IOException;
  }

  /** One machine. */
  final class Alone implements FileMirror {
    private final FolderCheck check;

    /** A machine with a folder, or with none that needs a check. */
    public Alone(FolderCheck check) {
      this.check = check;
    }

    @Override
    public boolean isShared() {
      return false;
    }

    @Override
    public void requireHere() throws IOException {
      check.requireHere();
    }

    @Override
    public void change(String name, Runnable change) {
      change.run();
    }

    @Override
    public void copy(String name) {
      // The own disk has it.
    }

    @Override
    public boolean copyToAll(String name) {
      return true;
    }

    @Override
    public void resume(String name, long from, long most) {
      // Nobody else has more.
    }

    @Override
    public boolean restore(String name, byte[] sha256, long length, boolean replaceable) {
      return true;
    }

    @Override
    public Set<String> retain(Predicate<String> kept) {
      return Set.of();
    }

    @Override
    public void background(Runnable task) {
      task.run();
    }
  }
}
