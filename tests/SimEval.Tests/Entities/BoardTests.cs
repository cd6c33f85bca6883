using FsCheck;
using FsCheck.Fluent;
using SimEval.Entities.Boards;
using Xunit;

namespace SimEval.Tests.Entities;

public sealed class BoardTests
{
    private static readonly Gen<BoardCommand> AnyCommand = Gen.OneOf(
        Gen.Constant<BoardCommand>(new BoardCommand.Enroll("b", "cpu", "a board")),
        Gen.Elements(true, false).Select(healthy => (BoardCommand)new BoardCommand.NoteCheck(healthy, "looked")),
        Gen.Elements("x", "y").Select(holder => (BoardCommand)new BoardCommand.Lease(holder)),
        Gen.Choose(0, 5).Select(epoch => (BoardCommand)new BoardCommand.Release(epoch, "done"))
    );

    [Fact]
    public void A_board_is_leased_only_from_Ready_by_one_holder_under_growing_epochs() =>
        Prop.ForAll(AnyCommand.ListOf().ToArbitrary(), Holds).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stale_epoch_releases_nothing()
    {
        var board = Fold(
            Board.Initial,
            new BoardCommand.Enroll("b", "cpu", "a board"),
            new BoardCommand.NoteCheck(true, "ok"),
            new BoardCommand.Lease("x"),
            new BoardCommand.Release(1, "done"),
            new BoardCommand.Lease("y"),
            new BoardCommand.Release(1, "late")
        );
        Assert.Equal(new BoardLease("y", 2), board.Lease);
    }

    [Fact]
    public void A_quarantined_board_says_why_it_cannot_be_leased()
    {
        var board = Fold(
            Board.Initial,
            new BoardCommand.Enroll("b", "cpu", "a board"),
            new BoardCommand.NoteCheck(false, "wrong bits")
        );
        var decision = BoardDecider.Decide(board, new BoardCommand.Lease("x"));
        Assert.Contains("wrong bits", decision.Rejection, StringComparison.Ordinal);
    }

    private static bool Holds(IEnumerable<BoardCommand> commands)
    {
        var board = Board.Initial;
        foreach (var command in commands)
        {
            var decision = BoardDecider.Decide(board, command);
            foreach (var happened in decision.Events)
            {
                if (happened is BoardEvent.Leased leased)
                {
                    Assert.Equal(BoardLifecycle.Ready, board.Lifecycle);
                    Assert.Null(board.Lease);
                    Assert.True(leased.Lease.Epoch > board.LastEpoch);
                }

                board = Board.Evolve(board, happened);
            }
        }

        return true;
    }

    private static Board Fold(Board board, params BoardCommand[] commands) =>
        commands.Aggregate(
            board,
            (state, command) => BoardDecider.Decide(state, command).Events.Aggregate(state, Board.Evolve)
        );
}
