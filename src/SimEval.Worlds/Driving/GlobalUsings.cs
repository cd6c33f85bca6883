global using SimEval.Scenarios.Numerics;
